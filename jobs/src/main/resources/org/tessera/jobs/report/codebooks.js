// What is shown of one tokenizer's codebooks.
function slotName(codebook, slot) {
  return codebook.slot_axis === 'codebook' ? 'codebook' : `${codebook.slot_axis} ${slot}`;
}

function slotKeys(codebook) {
  return Object.keys(codebook.metrics).map(Number).filter(slot => slot >= 0 && 'codes' in codebook.metrics[slot]).sort((a, b) => a - b);
}

function usageCards(codebook) {
  const all = codebook.metrics['-1'];
  const cards = [
    card(share(all.utilisation), `of ${count(all.codes)} codes are used (${count(all.codes_dead)} never)`),
    card(all.entropy === undefined ? '–' : `${meanEntropy(codebook).toFixed(2)} bits`,
      `entropy of a token, of ${(all.code_bits_per_token || 0).toFixed(2)} that an even use would have`),
    card(count(all.tokens), `tokens in ${plural(all.rows, 'row')}, ${short(all.length_mean)} a row`),
  ];
  if (all.disk_bits_per_token) {
    cards.push(card(`${all.disk_bits_per_token.toFixed(2)} bits`, `a token on disk; ${(all.disk_over_code_bits).toFixed(2)} × log₂ of the codes`));
  }
  if (all.bits_per_second) cards.push(card(`${short(all.bits_per_second)} bit/s`, 'of signal'));
  if (all.bits_per_unit) cards.push(card(`${short(all.bits_per_unit)} bits`, codebook.modality === 'points' ? 'a point' : 'a pixel that the model saw'));
  if (all.compression) cards.push(card(`${short(all.compression)} ×`, `smaller than the ${bytes(all.source_bytes)} that were read`));
  return el('div', {class: 'cards'}, cards);
}

function meanEntropy(codebook) {
  const all = codebook.metrics['-1'];
  return all.entropy_bits_per_token !== undefined ? all.entropy_bits_per_token : all.entropy;
}

function rankFigure(codebook) {
  const slots = codebook.slots.filter(s => s.ranks.length > 0);
  if (slots.length === 0) return null;
  const series = [];
  slots.forEach((s, i) => {
    const tone = slotColour(i, slots.length);
    const name = slotName(codebook, s.slot);
    series.push({name, colour: tone, points: s.ranks, tip: p => `${name}\nrank ${count(p[0])}: ${count(p[1])} times`});
  });
  const fits = slots.map(s => codebook.metrics[s.slot].zipf_exponent).filter(e => e !== undefined);
  const first = codebook.metrics[slots[0].slot];
  if (first.zipf_exponent !== undefined) {
    const last = slots[0].ranks[slots[0].ranks.length - 1][0];
    const at = r => Math.exp(first.zipf_intercept - first.zipf_exponent * Math.log(r));
    series.push({colour: colour('faint'), dashed: true, points: [[1, at(1)], [last, at(last)]]});
  }
  const note = fits.length === 0 ? 'Counts by rank.'
    : `Counts by rank, on logarithmic axes. The dashed line is Zipf's law fitted to ${slotName(codebook, slots[0].slot)}: ` +
      `exponent ${first.zipf_exponent.toFixed(2)}, R² ${first.zipf_r2.toFixed(2)}` +
      (fits.length > 1 ? `; over all, exponents from ${d3.min(fits).toFixed(2)} to ${d3.max(fits).toFixed(2)}.` : '.');
  return figure('How often the codes occur', note, (host, width) =>
    lines(host, width, series, {log: true, label: 'rank of the code'}, {log: true, label: 'times'}, 320));
}

function entropyFigure(codebook) {
  const slots = slotKeys(codebook);
  const rows = slots.slice(0, 40).map((slot, i) => {
    const m = codebook.metrics[slot];
    return {name: slotName(codebook, slot), value: m.entropy || 0, mark: m.entropy_maximum, colour: slotColour(i, Math.min(slots.length, 40)),
      text: `${(m.entropy || 0).toFixed(2)} bits`,
      tip: `${slotName(codebook, slot)}: entropy ${(m.entropy || 0).toFixed(4)} of ${m.entropy_maximum.toFixed(4)} bits\n` +
        `perplexity ${short(m.perplexity)}\nGini ${(m.gini || 0).toFixed(3)}, top code ${share(m.top_1_mass || 0)}`};
  });
  const note = `The tick is log₂ of the number of codes, which an even use would reach.` +
    (slots.length > 40 ? ` The first 40 of ${slots.length} are shown.` : '');
  return figure(`Entropy by ${codebook.slot_axis}`, note, (host, width) =>
    bars(host, width, rows, d3.max(rows, r => Math.max(r.value, r.mark))));
}

function usageMap(codebook) {
  const slots = codebook.slots;
  const per = d3.max(slots, s => s.codes_per_cell);
  const note = 'One tile a code' + (per > 1 ? ` (up to ${count(per)} neighbouring codes)` : '') +
    ', in the order of the codebook: an even use is sand, ten times less is teal, ten times more is terracotta, an empty tile was never used.';
  return figure('The codebook as a mosaic', note, (host, width) => {
    const grid = el('div', {class: 'tiles'});
    host.append(grid);
    const abreast = slots.length === 1 || width < 560 ? 1 : slots.length > 8 && width > 900 ? 4 : 2;
    const room = (width - 20 * (abreast - 1)) / abreast;
    grid.style.gridTemplateColumns = `repeat(${abreast}, ${room}px)`;
    slots.forEach(s => {
      const columns = Math.max(1, Math.min(abreast === 4 ? 32 : s.cells.length > 512 ? 64 : 32, s.cells.length, Math.floor(room / 3)));
      const box = el('div');
      grid.append(box);
      if (slots.length > 1) {
        box.append(el('p', {class: 'small soft'}, `${slotName(codebook, s.slot)}: ${count(codebook.metrics[s.slot].codes_used)} of ${count(codebook.metrics[s.slot].codes)} used`));
      }
      cells(box, room, s.cells, columns, (i, value, ratio) => {
        const from = i * s.codes_per_cell;
        const what = s.codes_per_cell === 1 ? `code ${from}` : `codes ${from}–${from + s.codes_per_cell - 1}`;
        return `${what}: ${short(value)} times${s.codes_per_cell > 1 ? ' each' : ''}\n${value === 0 ? 'never used' : short(ratio) + ' × an even use'}`;
      });
    });
  }, {wide: slots.length > 1});
}

function deadCodes(codebook) {
  const slots = codebook.slots.filter(s => s.dead_codes > 0);
  if (slots.length === 0) return el('p', {class: 'soft'}, 'No code is dead: each occurs at least once.');
  const list = slots.map(s => {
    const m = codebook.metrics[s.slot];
    const ranges = s.dead.map(r => r[0] === r[1] ? `${r[0]}` : `${r[0]}–${r[1]}`).join(', ');
    const cut = s.dead.reduce((sum, r) => sum + r[1] - r[0] + 1, 0) < s.dead_codes;
    return el('div', null,
      el('p', {class: 'small'}, `${slotName(codebook, s.slot)}: ${count(s.dead_codes)} of ${count(m.codes)} never occur` +
        (m.utilisation_ceiling !== undefined && m.utilisation_ceiling < 0.999
          ? ` (in ${count(m.tokens)} draws even an even use would miss ${count((1 - m.utilisation_ceiling) * m.codes)})` : '')),
      el('p', {class: 'dead'}, ranges + (cut ? ', …' : '')));
  });
  return el('details', null, el('summary', null, `${count(d3.sum(slots, s => s.dead_codes))} dead codes, listed`), list);
}

function lengthFigure(codebook) {
  const all = codebook.metrics['-1'];
  if (codebook.lengths.length < 2) return null;
  return figure('Tokens a row', `${short(all.length_min)} to ${short(all.length_max)}, median ${short(all.length_median)}.`, (host, width) =>
    histogram(host, width, codebook.lengths.map(b => [b[0], b[0] + b[1], b[2]]), {label: 'tokens'},
      b => `${count(b[0])}${b[1] - b[0] > 1 ? '–' + count(b[1] - 1) : ''} tokens: ${plural(b[2], 'row')}`, colour('accent')));
}

function errorFigure(codebook) {
  const levels = d3.groups(codebook.errors.filter(e => e[1] > 0), e => e[0]);
  if (levels.length === 0) return null;
  const series = levels.map(([level, bins], i) => {
    const total = d3.sum(bins, b => b[3]);
    const name = levels.length > 1 ? `after level ${level}` : '';
    return {name, colour: slotColour(i, levels.length), points: d3.rollups(bins, part => d3.sum(part, b => b[3]) / total, b => Math.round(2 * Math.log2(b[1]))).sort((a, b) => a[0] - b[0]).map(p => [2 ** (p[0] / 2), p[1]]),
      tip: p => `${name ? name + '\n' : ''}error near ${short(p[0])}: ${share(p[1])} of rows`};
  });
  const m = codebook.metrics[levels[levels.length - 1][0]];
  const note = `Mean squared error in the quantizer's space, by row` +
    (levels.length > 1 ? '; each further level moves it to the left.' : '.') +
    (m && m.error_mean !== undefined ? ` Mean at the end ${short(m.error_mean)}, 95 % below ${short(m.error_p95)}.` : '');
  return figure('Quantization error', note, (host, width) =>
    lines(host, width, series, {log: true, label: 'squared error'}, {zero: true, label: 'share of rows'}));
}

function growthFigure(codebook) {
  const slots = d3.groups(codebook.growth.filter(g => g[2] > 0), g => g[0]);
  if (slots.length === 0 || d3.max(slots, s => s[1].length) < 3) return null;
  const series = slots.map(([slot, points], i) => ({name: slotName(codebook, slot), colour: slotColour(i, slots.length),
    points: points.map(p => [p[1], p[2]]), tip: p => `${slotName(codebook, slot)}\n${count(p[1])} codes in the first ${count(p[0])} tokens`}));
  const m = codebook.metrics[slots[0][0]];
  const note = 'Distinct codes among the first tokens, rows in a random order.' +
    (m.heaps_exponent !== undefined ? ` Heaps' law for ${slotName(codebook, slots[0][0])}: exponent ${m.heaps_exponent.toFixed(2)}.` : '');
  return figure('How soon all codes are seen', note, (host, width) =>
    lines(host, width, series, {log: true, label: 'tokens'}, {zero: true, label: 'distinct codes'}));
}

function bitsFigure(codebook) {
  const all = codebook.metrics['-1'];
  if (!all.disk_bits_per_token) return null;
  const slots = slotKeys(codebook);
  const total = d3.sum(slots, s => codebook.metrics[s].tokens);
  const mean = name => {
    const known = slots.filter(s => codebook.metrics[s][name] !== undefined);
    return known.length < slots.length ? undefined : d3.sum(known, s => codebook.metrics[s][name] * codebook.metrics[s].tokens) / total;
  };
  const parts = [['in the Parquet files', all.disk_bits_per_token, 'accent'], ['log₂ of the codes', all.code_bits_per_token, 'gold'],
    ['Zstandard on the ids', mean('zstd_bits_per_token'), 'gold'], ['Huffman code', mean('huffman_bits_per_token'), 'gold'],
    ['entropy', all.entropy_bits_per_token, 'warm'], ['entropy given the last id', mean('bigram_conditional_entropy'), 'warm']]
    .filter(p => p[1] !== undefined);
  const rows = parts.map(p => ({name: p[0], value: p[1], colour: colour(p[2]), text: `${p[1].toFixed(2)} bits`}));
  return figure('Bits a token', 'What ids take on disk, and what they could. The last line counts pairs of neighbours, and is too low where the tokens are few.', (host, width) =>
    bars(host, width, rows, d3.max(rows, r => r.value)));
}

// What each two slots tell of each other: one cell a pair, the values where there is room.
function pairMatrix(codebook) {
  const slots = [...new Set(codebook.pairs.flatMap(p => [p[0], p[1]]))].sort(d3.ascending);
  const largest = d3.max(codebook.pairs, p => p[2]) || 1;
  const shade = d3.interpolateRgb(colour('hole'), colour('accent'));
  return figure(`What ${codebook.slot_axis}s tell of each other`, 'Mutual information of the ids at one position, in bits. Zero would be independent; few tokens make it look larger than it is.', (host, width) => {
    const left = 24;
    const cell = Math.min(44, (width - left) / (slots.length - 1));
    const {svg} = frame(host, width, cell * (slots.length - 1) + 22, {top: 20, right: 0, bottom: 2, left});
    const g = svg.append('g').selectAll('g').data(codebook.pairs).join('g')
      .attr('transform', p => `translate(${left + (slots.indexOf(p[1]) - 1) * cell},${20 + slots.indexOf(p[0]) * cell})`)
      .on('pointermove', (event, p) => showTip(event, `${slotName(codebook, p[0])} and ${slotName(codebook, p[1])}\n${p[2].toFixed(3)} bits`)).on('pointerleave', hideTip);
    g.append('rect').attr('width', cell - 2).attr('height', cell - 2).attr('rx', 3).attr('fill', p => shade(p[2] / largest));
    if (cell > 33) {
      g.append('text').attr('x', cell / 2 - 1).attr('y', cell / 2 + 3).attr('text-anchor', 'middle')
        .style('fill', p => p[2] / largest > 0.55 ? 'var(--card)' : 'var(--ink)').text(p => p[2].toFixed(2));
    }
    svg.append('g').selectAll('text').data(slots.slice(1)).join('text').attr('x', (_, i) => left + (i + 0.5) * cell - 1).attr('y', 13)
      .attr('text-anchor', 'middle').text(s => s);
    svg.append('g').selectAll('text').data(slots.slice(0, -1)).join('text').attr('x', left - 8).attr('y', (_, i) => 20 + (i + 0.5) * cell + 3)
      .attr('text-anchor', 'end').text(s => s);
  });
}

function pairFigure(codebook) {
  if (codebook.pairs && codebook.pairs.length > 1) return pairMatrix(codebook);
  const slots = slotKeys(codebook).filter(s => codebook.metrics[s].pair_mutual_information !== undefined);
  if (slots.length === 0) return null;
  const rows = slots.slice(0, 40).map((slot, i) => ({name: `${slot} and ${slot + 1}`, value: codebook.metrics[slot].pair_mutual_information,
    colour: slotColour(i, slots.length), text: `${codebook.metrics[slot].pair_mutual_information.toFixed(2)} bits`}));
  return figure(`What a ${codebook.slot_axis} tells of the next`, 'Mutual information of the ids at one position. Zero would be independent; few tokens make it look larger than it is.', (host, width) =>
    bars(host, width, rows, d3.max(rows, r => r.value) || 1));
}

function positionFigure(codebook) {
  if (!codebook.positions) return null;
  const slots = d3.groups(codebook.positions, p => p[0]);
  const series = slots.map(([slot, points], i) => ({name: slotName(codebook, slot), colour: slotColour(i, slots.length),
    points: points.map(p => [p[1], p[2]]), tip: p => `${codebook.position_axis} ${p[0]}: ${p[1].toFixed(3)} bits`}));
  return figure(`Entropy along ${codebook.position_axis}`, null, (host, width) =>
    lines(host, width, series, {label: codebook.position_axis}, {zero: true, label: 'bits'}));
}

function groupFigures(codebook) {
  return codebook.groupings.map(grouping => {
    const whole = Object.entries(grouping.whole || {}).map(([slot, m]) => m.group_cramers_v).filter(v => v !== undefined);
    const rows = grouping.groups.map(g => ({name: g.group || '(none)', value: g.entropy || 0, colour: colour('accent'),
      text: `${(g.entropy || 0).toFixed(2)} bits`,
      tip: `${g.group || '(none)'}\n${count(g.tokens)} tokens in ${plural(g.rows || 0, 'row')}\n${share(g.utilisation)} of the codes, perplexity ${short(g.perplexity || 1)}`}));
    const note = `Entropy of the ids of each ${grouping.grouping}, all ${codebook.slot_axis === 'codebook' ? 'codes' : codebook.slot_axis + 's'} as one vocabulary` +
      (whole.length ? `. How much the groups differ (Cramér's V): ${whole.map(v => v.toFixed(2)).slice(0, 6).join(', ')}.` : '.');
    return figure(`By ${grouping.grouping}`, note, (host, width) => bars(host, width, rows, d3.max(rows, r => r.value) || 1), {wide: rows.some(r => r.name.length > 24)});
  });
}

function codebookSection(codebook) {
  const tokenizer = data.tokenizers.find(t => t.fingerprint === codebook.fingerprint);
  return el('section', {id: 'c-' + codebook.fingerprint.slice(0, 12)},
    el('h3', null, `${codebook.tokenizer}`),
    el('p', {class: 'soft small'}, `${codebook.modality}` + (tokenizer ? ` · axes ${tokenizer.axes} · version ${tokenizer.version}` : '') + ' · ',
      el('span', {class: 'path'}, codebook.fingerprint.slice(0, 16))),
    usageCards(codebook),
    el('div', {class: 'figures'}, [rankFigure(codebook), entropyFigure(codebook), usageMap(codebook), growthFigure(codebook), bitsFigure(codebook),
      errorFigure(codebook), lengthFigure(codebook), pairFigure(codebook), positionFigure(codebook), ...groupFigures(codebook)].filter(Boolean)),
    deadCodes(codebook));
}
