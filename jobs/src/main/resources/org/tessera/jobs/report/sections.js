// The page's sections.
const metricNames = {
  psnr: ['PSNR', 'dB'], ssim: ['SSIM', ''], mse: ['MSE', ''], mae: ['mean absolute error', ''], si_snr: ['SI-SNR', 'dB'], sdr: ['SDR', 'dB'],
  log_spectral_distance: ['log-spectral distance', 'dB'], pearson: ['correlation', ''], vrmse: ['VRMSE', ''],
  feature_rmse: ['feature error', ''], feature_cosine: ['cosine of features', ''], feature_l1: ['feature error', ''],
  spectral_amplitude_error: ['amplitude error', ''], spectral_phase_error: ['phase error', 'rad'],
  band_power_error_db: ['band power error', 'dB'], chamfer_l1_x1000: ['Chamfer L1 × 1000', ''],
  chamfer_l2_x1000: ['Chamfer L2 × 1000', ''], f_score: ['F-score at 0.01', ''],
};
const metricName = name => (metricNames[name] || [name])[0];
const metricText = (name, value) => `${metricName(name)} ${short(value)}${(metricNames[name] || [])[1] ? ' ' + metricNames[name][1] : ''}`;

function header() {
  const c = data.totals.counts;
  const words = {image: 'images', audio: 'audio', eeg: 'EEG', points: 'point clouds'};
  const modalities = [...new Set(data.runs.map(r => words[r.modality] || r.modality))];
  const canvas = el('canvas', {class: 'mosaic', 'aria-hidden': 'true'});
  let last = 0;
  new ResizeObserver(() => {
    if (canvas.clientWidth !== last) { last = canvas.clientWidth; drawMosaic(canvas); }
  }).observe(canvas);
  return el('header', {id: 'top'}, canvas,
    el('h1', null, data.title),
    el('p', {class: 'lead'},
      `${plural(c.samples, 'sample')} of ${modalities.length > 1 ? modalities.slice(0, -1).join(', ') + ' and ' : ''}${modalities.at(-1)} ` +
      `became ${count(c.tokens)} tokens in ${plural(c.rows, 'row')}` +
      (c.rejected ? `; ${plural(c.rejected, 'was', 'were')} rejected.` : '; none was rejected.')),
    el('p', {class: 'soft small'}, el('span', {class: 'path'}, data.tokens), ` · made ${data.made_at} by Tessera ${data.version}`));
}

// The mosaic at the top is the data: each tile a code of the first codebooks, coloured by its use.
function drawMosaic(canvas) {
  const width = canvas.clientWidth, size = 12, height = 7 * size;
  const ratio = devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.height = height + 'px';
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  const values = data.codebooks.flatMap(codebook => codebook.slots.slice(0, 2).flatMap(s => {
    const mean = d3.mean(s.cells) || 1;
    return s.cells.map(v => v / mean);
  }));
  const columns = Math.ceil(width / size);
  for (let i = 0; i < columns * 7 && values.length; i++) {
    context.fillStyle = useColour(values[Math.floor(i / 7) * 7 % values.length + i % 7] || values[i % values.length]);
    context.fillRect(Math.floor(i / 7) * size, i % 7 * size, size - 1.5, size - 1.5);
  }
}

function runsSection() {
  const c = data.totals.counts;
  const sums = c.samples === c.tokenized + c.rejected;
  const finished = data.runs.every(r => r.waves === r.waves_done);
  return el('section', {id: 'counts'}, el('h2', null, 'What was tokenized'),
    el('p', {class: 'soft'}, 'Every input is tokenized or rejected, once. ',
      el('span', {class: sums ? 'ok' : 'no'}, `${count(c.samples)} samples = ${count(c.tokenized)} tokenized + ${count(c.rejected)} rejected ${sums ? '✓' : '✗'}`),
      finished ? '' : el('span', {class: 'no'}, ' A run is unfinished.')),
    el('div', {class: 'cards'}, card(count(data.totals.inputs), 'inputs planned'), card(count(c.tokenized), 'samples tokenized', 'good'),
      card(count(c.rejected), 'samples rejected', c.rejected ? 'bad' : null), card(short(c.tokens), 'tokens'), card(bytes(c.bytes), 'read'),
      card(duration(data.totals.seconds), 'of work')),
    table(['run', 'tokenizer', '#inputs', '#samples', '#tokenized', '#rejected', '#rows', '#tokens', '#companions', '#skipped', '#unchanged', 'waves'],
      data.runs.map(r => [el('span', {class: 'path'}, r.run), `${r.tokenizer} (${r.modality})`, count(r.inputs), count(r.counts.samples), count(r.counts.tokenized),
        count(r.counts.rejected), count(r.counts.rows), count(r.counts.tokens), count(r.companions), count(r.skipped), count(r.unchanged),
        el('span', {class: r.waves === r.waves_done ? 'ok' : 'no'}, `${r.waves_done} of ${r.waves}`)])),
    el('details', null, el('summary', null, 'Where the inputs came from'),
      data.runs.map(r => el('p', {class: 'small'}, `${r.run}: `, el('span', {class: 'path'}, r.sources.join(', '))))));
}

function speedSection() {
  const runs = data.runs.filter(r => r.counts.core_ns > 0 && r.counts.samples > 0);
  if (runs.length === 0) return null;
  const figures = runs.map(r => {
    const c = r.counts;
    const rate = ns => c.samples * 1e9 / ns;
    const busy = c.decode_ns + c.infer_ns;
    const cores = Math.round(c.core_ns / 1e9 / r.seconds);
    const alone = ns => ns > 0 ? rate(ns / cores) : 0;
    const reached = c.samples / r.seconds;
    const rows = [['decoding alone', alone(c.decode_ns), 'gold'], ['the model alone', alone(c.infer_ns), 'gold'], ['both: the ceiling', alone(busy), 'accent'], ['reached', reached, 'warm']]
      .filter(p => p[1] > 0).map(p => ({name: p[0], value: p[1], colour: colour(p[2]), text: `${short(p[1])} /s`}));
    const parts = [['fetching', c.fetch_ns], ['decoding', c.decode_ns], ['the model', c.infer_ns], ['writing', c.write_ns]].filter(p => p[1] > 0);
    const note = `Samples a second on ${plural(cores, 'core')} (${r.device}): ${share(reached / alone(busy))} of what decoding and the model alone would reach. ` +
      `Of ${duration(c.core_ns / 1e9)} of core time, ` + parts.map(p => `${share(p[1] / c.core_ns)} went into ${p[0]}`).join(', ') + '.';
    return [figure(`${r.tokenizer} (${r.run})`, note, (host, width) => bars(host, width, rows, d3.max(rows, x => x.value))), waterfall(r)];
  });
  return el('section', {id: 'speed'}, el('h2', null, 'Speed'), el('div', {class: 'figures'}, figures));
}

// Each bar begins where the one above ended; together they are the time of the cores.
function waterfall(run) {
  const c = run.counts;
  const known = [['decoding', c.decode_ns, 'gold'], ['the model', c.infer_ns, 'accent'], ['writing', c.write_ns, 'warm']];
  const parts = [...known, ['waiting and the rest', Math.max(0, c.core_ns - d3.sum(known, p => p[1])), 'faint']].filter(p => p[1] > 0);
  const all = d3.sum(parts, p => p[1]);
  let from = 0;
  const rows = parts.map(([name, ns, tone]) => {
    const row = {name, from, value: ns / 1e9, colour: colour(tone), text: share(ns / all), tip: `${name}\n${duration(ns / 1e9)} of core time`};
    from += ns / 1e9;
    return row;
  });
  const note = `${duration(all / 1e9)} of core time, from decoding to written rows. ` +
    `Files are fetched meanwhile by threads of their own: ${duration((c.fetch_ns || 0) / 1e9)} in all, of which tasks waited ${duration((c.wait_ns || 0) / 1e9)}.`;
  return figure(`Where the time of ${run.run} went`, note, (host, width) => bars(host, width, rows, all / 1e9));
}

function driftSection() {
  if (!data.drift) return null;
  const over = data.drift.filter(d => d.exceeded.length > 0);
  const shown = [...data.drift].sort((a, b) => b.exceeded.length - a.exceeded.length || b.jensen_shannon - a.jensen_shannon).slice(0, 40);
  const cell = (d, name, digits) => el('span', {class: d.exceeded.includes(name) ? 'no' : null}, d[name].toFixed(digits));
  return el('section', {id: 'drift'}, el('h2', null, 'Drift'),
    el('p', {class: 'soft'}, 'Against ', el('span', {class: 'path'}, data.baseline), ': ',
      el('span', {class: over.length ? 'no' : 'ok'}, over.length ? `${over.length} of ${plural(data.drift.length, 'codebook')} are used differently.` : `all ${plural(data.drift.length, 'codebook')} are used as before.`)),
    el('p', {class: 'soft small'}, 'Total variation and Jensen-Shannon (bits) go from 0, the same, to 1, nothing in common; Cramér\'s V of the chi-square too. ' +
      'The bounds are on what exceeds the noise of two samples of one source.'),
    table(['codebook', '#baseline tokens', '#tokens', '#total variation', '#Jensen-Shannon', '#χ²', "#Cramér's V", '#PSI', '#new codes', '#lost codes'],
      shown.map(d => [`${d.tokenizer} · ${d.slot_axis} ${d.slot}` + (d.grouping === 'all' ? '' : ` · ${d.grouping} ${d.group}`), count(d.baseline_tokens), count(d.candidate_tokens),
        cell(d, 'total_variation', 4), cell(d, 'jensen_shannon', 4), short(d.chi_square), cell(d, 'cramers_v', 4), cell(d, 'psi', 4), count(d.appeared), count(d.vanished)])),
    data.drift.length > 40 ? el('p', {class: 'soft small'}, `The first 40 of ${data.drift.length}; tessera drift --json has all.`) : null);
}

function rejectSection() {
  if (data.rejects.length === 0) {
    return el('section', {id: 'rejects'}, el('h2', null, 'Rejects'), el('p', {class: 'soft'}, 'No sample was rejected.'));
  }
  const most = d3.max(data.rejects, r => r.count);
  const rows = data.rejects.map(r => {
    const bar = el('span', {class: 'bar'});
    bar.style.width = 100 * r.count / most + '%';
    const first = r.examples[0];
    const line = e => el('p', {class: 'small'}, el('span', {class: 'path'}, fileName(e)), el('br'), el('span', {class: 'soft'}, e.message));
    return [el('div', null, `${r.phase}: ${r.code}`, bar), r.modality, count(r.count),
      el('div', null, line(first), r.examples.length > 1 ? el('details', null, el('summary', null, 'more'), r.examples.slice(1).map(line)) : null)];
  });
  return el('section', {id: 'rejects'}, el('h2', null, 'Rejects'),
    el('p', {class: 'soft'}, `${plural(data.totals.counts.rejected, 'sample')} had something wrong; the first of each kind are shown.`),
    table(['why', 'modality', '#samples', 'examples'], rows));
}

function pairsSection() {
  const sets = data.reconstructions.filter(s => s.segments > 0);
  if (sets.length === 0) return null;
  const views = {image: imagePair, audio: soundPair, eeg: tracePair, points: pointPair};
  return el('section', {id: 'pairs'}, el('h2', null, 'Originals and reconstructions'),
    el('p', {class: 'soft'}, 'Tokens decoded back, beside what the model read. Nobody picked them: they lie at equal steps from the best to the worst.'),
    sets.map(set => [el('h3', null, `${set.tokenizer}`),
      el('p', {class: 'soft small'}, `${set.modality} · ${plural(set.segments, 'segment')}` + (set.failed ? ` · ${set.failed} could not be read again` : '')),
      el('div', {class: 'cards'}, Object.entries(set.metrics).map(([name, m]) => card(short(m.mean), `${metricText(name, m.mean).replace(/ [^ ]*$/, '') ? metricName(name) : name}${(metricNames[name] || [])[1] ? ', ' + metricNames[name][1] : ''}: mean; ${short(m.min)} to ${short(m.max)}`)),
        set.frechet_distance === undefined ? null : card(short(set.frechet_distance), 'Fréchet distance by the metric model')),
      el('div', {class: 'pairs' + (set.modality === 'image' ? '' : ' broad')}, set.pairs.map(pair => el('div', {class: 'pair'},
        el('span', {class: 'rank'}, pair.place === 1 ? 'best' : pair.place === pair.of ? 'worst' : `${count(pair.place)} of ${count(pair.of)}`),
        el('p', {class: 'name path'}, fileName(pair) + (pair.segment ? ` · segment ${pair.segment}` : '') + (pair.channel >= 0 ? ` · channel ${pair.channel}` : '')),
        el('p', {class: 'values'}, Object.entries(pair.metrics).map(([name, value]) => metricText(name, value)).join(' · ')),
        views[set.modality](pair))))]));
}
