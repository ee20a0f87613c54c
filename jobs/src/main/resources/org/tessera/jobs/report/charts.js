// Plots: lines, bars, histograms and cells.
const margin = {top: 10, right: 14, bottom: 38, left: 54};

function frame(host, width, height, m = margin) {
  const svg = d3.select(host).append('svg').attr('viewBox', `0 0 ${width} ${height}`)
    .attr('width', width).attr('height', height).attr('role', 'img');
  return {svg, inner: {left: m.left, right: width - m.right, top: m.top, bottom: height - m.bottom}};
}

function scale(axis, values, range) {
  const [low, high] = d3.extent(values);
  if (axis.log) return d3.scaleLog().domain(low === high ? [low / 2, high * 2] : [low, high]).range(range);
  const from = axis.zero ? Math.min(0, low) : axis.min !== undefined ? axis.min : low;
  let to = axis.max !== undefined ? axis.max : high;
  if (from === to) to = from + 1;
  return d3.scaleLinear().domain([from, to]).nice(axis.max === undefined ? 6 : undefined).range(range);
}

function ticks(x, axis, room) {
  if (!axis.log) return x.ticks(room);
  const powers = d3.range(Math.ceil(Math.log10(x.domain()[0]) - 1e-9), Math.floor(Math.log10(x.domain()[1]) + 1e-9) + 1).map(p => 10 ** p);
  if (powers.length < 3) {
    // Fewer than two whole decades: 1, 2 and 5 times the powers that are inside.
    const [low, high] = x.domain();
    const steps = d3.range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)) + 1)
      .flatMap(p => [1, 2, 5].map(k => k * 10 ** p)).filter(v => v >= low * 0.999 && v <= high * 1.001);
    return steps.length > room ? powers : steps;
  }
  const step = Math.ceil(powers.length / room);
  return powers.filter((_, i) => i % step === 0);
}

function axes(svg, inner, x, y, xAxis, yAxis) {
  const room = Math.max(3, Math.round((inner.right - inner.left) / 80));
  const xTicks = ticks(x, xAxis, room);
  const yTicks = ticks(y, yAxis, 5);
  svg.append('g').selectAll('line').data(yTicks).join('line').attr('class', 'rule')
    .attr('x1', inner.left).attr('x2', inner.right).attr('y1', y).attr('y2', y);
  svg.append('g').attr('transform', `translate(0,${inner.bottom})`)
    .call(d3.axisBottom(x).tickValues(xTicks).tickFormat(short).tickSizeOuter(0).tickSize(4));
  svg.append('g').attr('transform', `translate(${inner.left},0)`)
    .call(d3.axisLeft(y).tickValues(yTicks).tickFormat(short).tickSize(0).tickPadding(8))
    .call(g => g.select('.domain').remove());
  svg.append('text').attr('x', (inner.left + inner.right) / 2).attr('y', inner.bottom + 34)
    .attr('text-anchor', 'middle').text(xAxis.label || '');
  svg.append('text').attr('x', inner.left - 46).attr('y', 9).text(yAxis.label || '');
}

function legend(host, series) {
  const named = series.filter(s => s.name);
  if (named.length < 2) return;
  host.append(el('ul', {class: 'legend'}, named.map(s => {
    const mark = el('i');
    mark.style.background = s.colour;
    return el('li', null, mark, s.name);
  })));
}

// series: [{name, colour, points: [[x, y]], dashed, dots, area}]
function lines(host, width, series, xAxis, yAxis, height = 280) {
  legend(host, series.length > 9 ? [series[0], series[series.length - 1]] : series);
  const m = {...margin, top: 26};
  const {svg, inner} = frame(host, width, height, m);
  const all = series.flatMap(s => s.points);
  const x = scale(xAxis, all.map(p => p[0]), [inner.left, inner.right]);
  const y = scale(yAxis, all.map(p => p[1]), [inner.bottom, inner.top]);
  axes(svg, inner, x, y, xAxis, yAxis);
  const line = d3.line().x(p => x(p[0])).y(p => y(p[1]));
  for (const s of series) {
    svg.append('path').attr('fill', 'none').attr('stroke', s.colour).attr('stroke-width', s.dashed ? 1.4 : 2)
      .attr('stroke-linejoin', 'round').attr('stroke-dasharray', s.dashed ? '5 4' : null)
      .attr('opacity', s.dashed ? 0.8 : 0.95).attr('d', line(s.points));
    if (s.dots) {
      svg.append('g').selectAll('circle').data(s.points).join('circle').attr('r', 2.5)
        .attr('cx', p => x(p[0])).attr('cy', p => y(p[1])).attr('fill', s.colour);
    }
  }
  const dot = svg.append('circle').attr('r', 4.5).attr('fill', 'none').attr('stroke-width', 2).attr('visibility', 'hidden');
  svg.on('pointermove', event => {
    const [px, py] = d3.pointer(event, svg.node());
    let best = null;
    for (const s of series.filter(s => s.tip)) {
      for (const p of s.points) {
        const distance = (x(p[0]) - px) ** 2 + (y(p[1]) - py) ** 2;
        if (!best || distance < best.distance) best = {distance, s, p};
      }
    }
    if (!best || best.distance > 2500) { dot.attr('visibility', 'hidden'); hideTip(); return; }
    dot.attr('cx', x(best.p[0])).attr('cy', y(best.p[1])).attr('stroke', best.s.colour).attr('visibility', 'visible');
    showTip(event, best.s.tip(best.p));
  }).on('pointerleave', () => { dot.attr('visibility', 'hidden'); hideTip(); });
}

// bins: [[from, to, count]]
function histogram(host, width, bins, xAxis, tipText, fill, height = 240) {
  const m = {...margin, top: 26};
  const {svg, inner} = frame(host, width, height, m);
  const x = xAxis.log
    ? d3.scaleLog().domain([d3.min(bins, b => b[0]), d3.max(bins, b => b[1])]).range([inner.left, inner.right])
    : d3.scaleLinear().domain([d3.min(bins, b => b[0]), d3.max(bins, b => b[1])]).range([inner.left, inner.right]);
  const y = d3.scaleLinear().domain([0, d3.max(bins, b => b[2])]).nice(5).range([inner.bottom, inner.top]);
  axes(svg, inner, x, y, xAxis, {label: 'rows'});
  svg.append('g').selectAll('rect').data(bins).join('rect')
    .attr('x', b => x(b[0])).attr('width', b => Math.max(1, Math.min(90, x(b[1]) - x(b[0]) - 1)))
    .attr('y', b => y(b[2])).attr('height', b => inner.bottom - y(b[2])).attr('rx', 1.5).attr('fill', fill)
    .on('pointermove', (event, b) => showTip(event, tipText(b))).on('pointerleave', hideTip);
}

// rows: [{name, value, mark, colour, text, tip}], values from 0 to max; mark is a tick, such as a bound.
function bars(host, width, rows, max, options = {}) {
  const left = Math.min(width * 0.5, 14 + 6.6 * d3.max(rows, r => Math.min(r.name.length, 34)));
  const most = Math.min(34, Math.floor((left - 10) / 6.2));
  const step = options.step || 26;
  const {svg, inner} = frame(host, width, rows.length * step + 8, {top: 4, right: 84, bottom: 4, left});
  const x = d3.scaleLinear().domain([0, max]).range([inner.left, inner.right]);
  const g = svg.append('g').selectAll('g').data(rows).join('g')
    .attr('transform', (_, i) => `translate(0,${4 + i * step})`)
    .on('pointermove', (event, r) => { if (r.tip) showTip(event, r.tip); }).on('pointerleave', hideTip);
  g.append('rect').attr('x', inner.left).attr('width', inner.right - inner.left).attr('y', 4).attr('height', step - 10)
    .attr('rx', 4).attr('fill', 'var(--hole)');
  g.append('rect').attr('x', r => x(r.from || 0)).attr('y', 4).attr('height', step - 10).attr('rx', 4)
    .attr('width', r => Math.max(1, x(r.value) - inner.left)).attr('fill', r => r.colour);
  g.filter(r => r.mark !== undefined).append('line').attr('x1', r => x(r.mark)).attr('x2', r => x(r.mark))
    .attr('y1', 1).attr('y2', step - 3).attr('stroke', 'var(--ink)').attr('stroke-width', 2);
  g.append('text').attr('class', 'label').attr('x', inner.left - 10).attr('y', step / 2 + 3).attr('text-anchor', 'end')
    .text(r => r.name.length > most ? '…' + r.name.slice(1 - most) : r.name);
  g.append('text').attr('x', inner.right + 8).attr('y', step / 2 + 3).text(r => r.text);
}

// How often each cell is used compared with an even use: blue-green below, terracotta above, a hole when never.
function useColour(ratio) {
  if (ratio === 0) return colour('hole');
  const t = Math.max(-1, Math.min(1, Math.log10(ratio)));
  return t < 0 ? d3.interpolateRgb('#e9d9a8', '#0f6f6c')(-t) : d3.interpolateRgb('#e9d9a8', '#b5411c')(t);
}

function cells(host, width, values, columns, tipText) {
  const rows = Math.ceil(values.length / columns);
  const size = Math.max(2, Math.min(14, Math.floor(width / columns)));
  const ratio = devicePixelRatio || 1;
  const canvas = el('canvas', {width: columns * size * ratio, height: rows * size * ratio});
  canvas.style.width = columns * size + 'px';
  canvas.style.height = rows * size + 'px';
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  const mean = d3.mean(values) || 1;
  const gap = size > 4 ? 1 : size > 2 ? 0.5 : 0;
  values.forEach((value, i) => {
    context.fillStyle = useColour(value / mean);
    context.fillRect(i % columns * size, Math.floor(i / columns) * size, size - gap, size - gap);
  });
  canvas.addEventListener('pointermove', event => {
    const box = canvas.getBoundingClientRect();
    const i = Math.floor((event.clientY - box.top) / size) * columns + Math.floor((event.clientX - box.left) / size);
    if (i >= 0 && i < values.length) showTip(event, tipText(i, values[i], values[i] / mean)); else hideTip();
  });
  canvas.addEventListener('pointerleave', hideTip);
  host.append(canvas);
}
