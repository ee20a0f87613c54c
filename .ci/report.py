"""Looks at two reports in headless Chromium: report.py DEMO.html NAMES.html FOLDER"""
import json
import os
import re
import sys

from playwright.sync_api import sync_playwright

demo, names, folder = sys.argv[1:]


def check(holds, what):
    if not holds:
        sys.exit(f"report: {what}")
    print(f"ok: {what}")


def open_page(browser, path, width, scheme):
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    page.problems = []
    page.on("console", lambda m: page.problems.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: page.problems.append(str(e)))
    page.on("request", lambda r: page.problems.append(r.url) if not r.url.startswith(("file:", "data:", "blob:")) else None)
    page.on("dialog", lambda d: page.problems.append(d.message))
    page.goto("file://" + path)
    page.wait_for_function("document.documentElement.dataset.ready === 'yes'")
    page.wait_for_timeout(1000)
    return page


def blank(page, selector):
    """How many canvases of a selector show one colour only."""
    return page.eval_on_selector_all(
        selector,
        """all => all.filter(c => {
             const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
             const seen = new Set();
             for (let i = 0; i < d.length; i += 4) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]);
             return seen.size < 3;
           }).length""",
    )


# What the demo shows first must be worth a look.
for modality, metric, least in (("image", "psnr", 22), ("audio", "si_snr", 12), ("eeg", "pearson", 0.85), ("points", "f_score", 0.4)):
    with open(f"{os.path.dirname(demo)}/reconstructed/{modality}/summary.json") as file:
        mean = json.load(file)["metrics"][metric]["mean"]
    check(mean >= least, f"the demo's reconstructions of {modality}: {metric} {mean:.3g}, at least {least}")

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    check(os.path.getsize(demo) < 10e6, f"the demo's report has {os.path.getsize(demo):,} bytes, fewer than 10 MB")
    for name, width, scheme in (("wide", 1280, "light"), ("narrow", 400, "dark")):
        page = open_page(browser, demo, width, scheme)
        page.screenshot(path=f"{folder}/report-{name}.png", full_page=True)
        check(not page.problems, f"{name}: no error and no request to a network {page.problems}")
        check(page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}: nothing is wider than the window")
        for section in ("counts", "codebooks", "pairs", "rejects", "speed"):
            check(page.locator(f"#{section}").count() == 1, f"{name}: section {section}")
        check(page.locator("#codebooks figure", has_text="levels tell of each other").locator("rect").count() >= 3, f"{name}: pairs of levels")
        check("Where the time of" in page.inner_text("#speed"), f"{name}: the waterfall of times")
        check("of what decoding and the model alone would reach" in page.inner_text("#speed"), f"{name}: the ratio to the ceiling")
        text = page.inner_text("#counts")
        sums = re.search(r"([\d,]+) samples = ([\d,]+) tokenized \+ ([\d,]+) rejected", text)
        total, tokenized, rejected = (int(n.replace(",", "")) for n in sums.groups())
        check(total == tokenized + rejected and tokenized > 100 and rejected > 0, f"{name}: {sums.group(0)}")
        for modality, inside in (("image", "img"), ("audio", "audio"), ("eeg", "svg path"), ("points", "canvas.turn")):
            check(page.locator(f"#pairs .pair {inside}").count() >= 10, f"{name}: pairs of {modality}")
        check(page.eval_on_selector_all("#pairs img", "all => all.every(i => i.naturalWidth > 0)"), f"{name}: all images load")
        check(blank(page, "canvas") == 0, f"{name}: no canvas is blank")
        check(page.locator("figure svg").count() >= 16, f"{name}: {page.locator('figure svg').count()} plots")
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        light = sum(map(int, re.findall(r"\d+", paper)[:3])) > 380
        check(light == (scheme == "light"), f"{name}: the page is {scheme}")
    page.click("nav button")
    check(page.evaluate("getComputedStyle(document.body).backgroundColor") != paper, "the button changes light and dark")
    page.locator("#codebooks figure svg").first.hover()
    check(page.locator("#tip").inner_text() != "", "a plot tells what is under the pointer")

    page = open_page(browser, names, 1280, "light")
    check(page.evaluate("window.broken") is None, "names of files are not run")
    check(not page.problems, f"names: no error and no request {page.problems}")
    check("</title><script>window.broken=4</script>{{data}}" in page.inner_text("h1"), "the title is shown as it is")
    for name in ("<img src=x onerror=window.broken=2>.png", '"><svg onload=window.broken=3>.png'):
        check(name in page.inner_text("main"), f"{name} is shown as it is")
    check(page.locator("main img[src=x], main svg[onload], main script").count() == 0, "names make no elements")
    check("used as before" in page.inner_text("#drift"), "an output has not drifted from itself")
    browser.close()
