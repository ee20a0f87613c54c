'use strict';
// Elements, numbers and figures. All text goes in as text, never as HTML: names of files are not ours.
const data = JSON.parse(document.getElementById('data').textContent);
const redraws = [];

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined) node.append(child);
  }
  return node;
}

const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
const count = value => d3.format(',')(Math.round(value));
const share = value => (value * 100).toFixed(value > 0.9995 && value < 1 ? 3 : value < 0.1 ? 2 : 1) + ' %';
const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many || one + 's'}`;

function short(value) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e15) return d3.format('.2~e')(value);
  if (size < 1) return d3.format('.3~r')(value);
  if (size < 1e4) return d3.format(',.4~r')(value);
  return d3.format('.3~s')(value).replace('k', ' K').replace('M', ' M').replace('G', ' B').replace('T', ' T');
}

function bytes(value) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let i = 0;
  while (value >= 1000 && i < units.length - 1) { value /= 1000; i++; }
  return (i === 0 ? value : value.toFixed(value < 10 ? 1 : 0)) + ' ' + units[i];
}

function duration(seconds) {
  if (seconds < 120) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

// Levels have an order, so their colours have one too.
const ramp = t => d3.interpolateRgbBasis(['accent', 'gold', 'bad'].map(colour))(t);
const slotColour = (i, n) => n <= 1 ? colour('accent') : ramp(i / (n - 1));

const tip = document.getElementById('tip');
function showTip(event, text) {
  tip.textContent = text;
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = Math.min(event.clientX + 14, innerWidth - box.width - 8) + 'px';
  tip.style.top = (event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 12 : event.clientY + 18) + 'px';
}
const hideTip = () => { tip.hidden = true; };

// A figure draws itself anew when its width or the theme changes.
function figure(title, note, draw, options = {}) {
  const plot = el('div', {class: 'plot'});
  const node = el('figure', {class: options.wide ? 'wide' : null},
    el('figcaption', null, el('h4', null, title), note ? el('p', null, note) : null), plot, options.after || null);
  let last = 0;
  const again = () => {
    const width = Math.round(plot.clientWidth);
    if (width > 0) {
      last = width;
      plot.replaceChildren();
      draw(plot, width);
    }
  };
  redraws.push(again);
  new ResizeObserver(() => { if (Math.round(plot.clientWidth) !== last) again(); }).observe(plot);
  return node;
}

function card(value, label, kind) {
  return el('div', {class: 'card' + (kind ? ' ' + kind : '')}, el('b', null, value), el('span', null, label));
}

function table(heads, rows) {
  const numeric = heads.map(head => head.startsWith('#'));
  return el('div', {class: 'tablebox'}, el('table', null,
    el('thead', null, el('tr', null, heads.map((head, i) =>
      el('th', {class: numeric[i] ? 'n' : null}, head.replace('#', ''))))),
    el('tbody', null, rows.map(row => el('tr', null, row.map((cell, i) =>
      el('td', {class: numeric[i] ? 'n' : null}, cell)))))));
}

function fileName(item) {
  const uri = item.uri.slice(item.uri.lastIndexOf('/') + 1);
  return item.member ? uri + ' › ' + item.member : uri;
}
