// Originals beside their reconstructions.
function bytesOf(uri) {
  const text = atob(uri.slice(uri.indexOf(',') + 1));
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

function sharpCanvas(width, height) {
  const ratio = devicePixelRatio || 1;
  const canvas = el('canvas', {width: Math.round(width * ratio), height: Math.round(height * ratio)});
  canvas.style.aspectRatio = `${width} / ${height}`;
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  return {canvas, context};
}

const half = (label, ...children) => el('div', null, el('p', {class: 'what'}, label), children);

function imagePair(pair) {
  const picture = (part, label) => {
    const image = el('img', {src: part.uri, alt: label});
    if (part.width < 160) image.className = 'pixels';
    return {image, node: half(label, image)};
  };
  const original = picture(pair.original, 'original');
  const decoded = picture(pair.decoded, 'reconstruction');
  const difference = el('canvas');
  if (pair.original.width < 160) difference.className = 'pixels';
  Promise.all([original.image.decode(), decoded.image.decode()]).then(() => {
    const width = original.image.naturalWidth, height = original.image.naturalHeight;
    const read = image => {
      const canvas = el('canvas', {width, height});
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0, width, height);
      return context.getImageData(0, 0, width, height);
    };
    const a = read(original.image), b = read(decoded.image);
    for (let i = 0; i < a.data.length; i += 4) {
      for (let c = 0; c < 3; c++) a.data[i + c] = Math.min(255, 4 * Math.abs(a.data[i + c] - b.data[i + c]));
    }
    difference.width = width;
    difference.height = height;
    difference.getContext('2d').putImageData(a, 0, 0);
  });
  return [el('div', {class: 'row'}, original.node, decoded.node, half('difference × 4', difference))];
}

function wave(uri) {
  const raw = bytesOf(uri);
  const view = new DataView(raw.buffer);
  const channels = view.getUint16(22, true), rate = view.getUint32(24, true);
  const frames = Math.floor((raw.length - 44) / (2 * channels));
  const samples = new Float32Array(frames);
  for (let i = 0; i < frames; i++) samples[i] = view.getInt16(44 + 2 * i * channels, true) / 32768;
  return {samples, rate};
}

function drawWave(sound, tone) {
  const width = 480, height = 70;
  const {canvas, context} = sharpCanvas(width, height);
  context.fillStyle = tone;
  const peak = Math.max(1e-4, d3.max(sound.samples, Math.abs));
  for (let x = 0; x < width; x++) {
    const from = Math.floor(x * sound.samples.length / width), to = Math.max(from + 1, Math.floor((x + 1) * sound.samples.length / width));
    let low = 0, high = 0;
    for (let i = from; i < to; i++) { low = Math.min(low, sound.samples[i]); high = Math.max(high, sound.samples[i]); }
    const top = height / 2 * (1 - 0.95 * high / peak), bottom = height / 2 * (1 - 0.95 * low / peak);
    context.fillRect(x, top, 1, Math.max(1, bottom - top));
  }
  return canvas;
}

function fft(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) { [re[i], re[j]] = [re[j], re[i]]; [im[i], im[j]] = [im[j], im[i]]; }
  }
  for (let size = 2; size <= n; size <<= 1) {
    for (let k = 0; k < size / 2; k++) {
      const c = Math.cos(-2 * Math.PI * k / size), s = Math.sin(-2 * Math.PI * k / size);
      for (let i = k; i < n; i += size) {
        const j = i + size / 2;
        const r = re[j] * c - im[j] * s, m = re[j] * s + im[j] * c;
        re[j] = re[i] - r; im[j] = im[i] - m; re[i] += r; im[i] += m;
      }
    }
  }
}

// Power in decibels: Hann windows of 512 samples, 240 columns.
function drawSpectrogram(sound, top) {
  const size = 512, columns = 240, bins = size / 2;
  const canvas = el('canvas', {width: columns, height: bins});
  canvas.style.height = '110px';
  const context = canvas.getContext('2d');
  const image = context.createImageData(columns, bins);
  const levels = [];
  for (let x = 0; x < columns; x++) {
    const start = Math.floor(x * Math.max(0, sound.samples.length - size) / (columns - 1));
    const re = new Float64Array(size), im = new Float64Array(size);
    for (let i = 0; i < size; i++) re[i] = (sound.samples[start + i] || 0) * (0.5 - 0.5 * Math.cos(2 * Math.PI * i / size));
    fft(re, im);
    levels.push(Float64Array.from({length: bins}, (_, k) => 10 * Math.log10(re[k] * re[k] + im[k] * im[k] + 1e-9)));
  }
  const peak = top === undefined ? d3.max(levels, l => d3.max(l)) : top;
  for (let x = 0; x < columns; x++) {
    for (let k = 0; k < bins; k++) {
      const tone = d3.rgb(d3.interpolateInferno(Math.max(0, Math.min(1, 1 + (levels[x][k] - peak) / 80))));
      const at = 4 * ((bins - 1 - k) * columns + x);
      image.data[at] = tone.r; image.data[at + 1] = tone.g; image.data[at + 2] = tone.b; image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return {canvas, peak};
}

function soundPair(pair) {
  const original = wave(pair.original.uri), decoded = wave(pair.decoded.uri);
  const first = drawSpectrogram(original), second = drawSpectrogram(decoded, first.peak);
  const side = (label, part, sound, picture) => half(`${label}, ${(sound.samples.length / sound.rate).toFixed(1)} s` + (part.cut ? ' of it' : ''),
    drawWave(sound, colour('accent')), picture.canvas, el('audio', {controls: '', preload: 'none', src: part.uri}));
  return [el('div', {class: 'row'}, side('original', pair.original, original, first), side('reconstruction', pair.decoded, decoded, second))];
}

function tracePair(pair) {
  const channels = pair.original.channels;
  const host = el('div', {class: 'plot'});
  const draw = () => {
    const width = Math.max(280, host.clientWidth || 480), step = 46, left = 52;
    host.replaceChildren();
    const svg = d3.select(host).append('svg').attr('viewBox', `0 0 ${width} ${channels.length * step + 20}`).attr('width', width);
    channels.forEach((channel, i) => {
      const other = pair.decoded.channels[i];
      const low = d3.min(channel.samples), high = d3.max(channel.samples);
      const x = d3.scaleLinear().domain([0, channel.samples.length - 1]).range([left, width]);
      const y = d3.scaleLinear().domain([low, high === low ? low + 1 : high]).range([(i + 1) * step - 4, i * step + 4]).clamp(true);
      const line = d3.line().x((_, k) => x(k)).y(v => y(v));
      svg.append('text').attr('x', 0).attr('y', (i + 0.5) * step + 4).text(channel.name.slice(0, 8));
      svg.append('path').attr('d', line(channel.samples)).attr('fill', 'none').attr('stroke', 'var(--faint)').attr('stroke-width', 1.6);
      if (other) svg.append('path').attr('d', line(other.samples)).attr('fill', 'none').attr('stroke', 'var(--warm)').attr('stroke-width', 1.1);
    });
    const seconds = channels[0].samples.length / channels[0].rate;
    svg.append('text').attr('x', width).attr('y', channels.length * step + 14).attr('text-anchor', 'end').text(`${seconds.toFixed(2)} s`);
  };
  redraws.push(draw);
  const marks = [['faint', 'original'], ['warm', 'reconstruction']].map(([name, label]) => {
    const mark = el('i');
    mark.style.background = `var(--${name})`;
    return el('li', null, mark, label);
  });
  return [el('ul', {class: 'legend'}, marks), host];
}

function pointPair(pair) {
  const size = 300;
  const sides = [pair.original, pair.decoded].map(part => ({part, ...sharpCanvas(size, size)}));
  const axis = a => d3.range(a, pair.original.xyz.length, 3).map(i => pair.original.xyz[i]);
  const extents = [0, 1, 2].map(a => d3.extent(axis(a)));
  const middle = extents.map(e => (e[0] + e[1]) / 2);
  const radius = Math.hypot(...extents.map(e => e[1] - e[0])) / 2 || 1;
  let turn = 0.6, tilt = 0.45;
  const draw = () => sides.forEach(({part, context}) => {
    context.clearRect(0, 0, size, size);
    const places = [];
    for (let i = 0; i + 2 < part.xyz.length; i += 3) {
      const [x, y, z] = [0, 1, 2].map(a => (part.xyz[i + a] - middle[a]) / radius);
      const u = x * Math.cos(turn) - y * Math.sin(turn), v = x * Math.sin(turn) + y * Math.cos(turn);
      places.push([u, z * Math.cos(tilt) - v * Math.sin(tilt), v * Math.cos(tilt) + z * Math.sin(tilt)]);
    }
    places.sort((a, b) => b[2] - a[2]);
    const near = d3.interpolateRgb(colour('accent'), colour('faint'));
    for (const [u, w, depth] of places) {
      context.fillStyle = near(Math.max(0, Math.min(1, (depth + 0.8) / 1.6)));
      const r = 1.9 - 0.5 * depth;
      context.fillRect(size / 2 * (1 + 0.92 * u) - r / 2, size / 2 * (1 - 0.92 * w) - r / 2, r, r);
    }
  });
  draw();
  redraws.push(draw);
  let from = null;
  sides.forEach(({canvas}) => {
    canvas.className = 'turn';
    canvas.addEventListener('pointerdown', event => { from = [event.clientX, event.clientY, turn, tilt]; canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener('pointermove', event => {
      if (!from) return;
      turn = from[2] + (event.clientX - from[0]) / 90;
      tilt = Math.max(-1.5, Math.min(1.5, from[3] + (event.clientY - from[1]) / 90));
      requestAnimationFrame(draw);
    });
    canvas.addEventListener('pointerup', () => { from = null; });
  });
  return [el('div', {class: 'row'}, half(`original, ${plural(pair.original.points, 'point')}`, sides[0].canvas),
    half(`reconstruction, ${plural(pair.decoded.points, 'point')}`, sides[1].canvas))];
}
