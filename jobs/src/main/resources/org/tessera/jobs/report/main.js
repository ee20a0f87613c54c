// The page.
function render() {
  const root = document.getElementById('report');
  redraws.length = 0;
  const parts = [
    ['counts', 'Counts', runsSection()],
    ['codebooks', 'Codebooks', data.codebooks.length === 0 ? null : el('section', {id: 'codebooks'}, el('h2', null, 'How the codebooks are used'), data.codebooks.map(codebookSection))],
    ['drift', 'Drift', driftSection()],
    ['pairs', 'Reconstructions', pairsSection()],
    ['rejects', 'Rejects', rejectSection()],
    ['speed', 'Speed', speedSection()],
  ].filter(part => part[2]);
  const toggle = el('button', {type: 'button', 'aria-label': 'Change between light and dark'}, 'light / dark');
  toggle.addEventListener('click', () => {
    const dark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    document.documentElement.dataset.theme = dark ? 'light' : 'dark';
    render();
  });
  root.replaceChildren(header(), el('nav', {'aria-label': 'Sections'}, parts.map(part => el('a', {href: '#' + part[0]}, part[1])), toggle),
    ...parts.map(part => part[2]),
    el('footer', null, el('p', null, 'Definitions of every number are in pipeline/STATS.md, those of reconstructions in pipeline/FORMAT.md. Everything on this page comes from committed rows. ',
      'Plots by D3 (ISC licence).')));
  redraws.forEach(draw => draw());
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', render);
render();
document.documentElement.dataset.ready = 'yes';
