// Adds to a page that is whole without it: zoom, and a line that says what a bar is, by pointer, touch or arrow keys.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const moving = at("moving");
  if (!moving) return;
  const picture = moving.querySelector("svg");
  for (const tools of document.querySelectorAll(".tools")) tools.hidden = false;

  let zoom = 1;
  const turn = (to) => {
    const middle = (moving.scrollLeft + moving.clientWidth / 2) / moving.scrollWidth;
    zoom = Math.min(256, Math.max(1, to));
    picture.style.width = `${100 * zoom}%`;
    moving.scrollLeft = middle * moving.scrollWidth - moving.clientWidth / 2;
  };
  at("in").addEventListener("click", () => turn(zoom * 2));
  at("out").addEventListener("click", () => turn(zoom / 2));
  at("whole").addEventListener("click", () => turn(1));

  const start = (one) => parseFloat(one.querySelector("rect").getAttribute("x"));
  const lanes = new Map();
  for (const one of picture.querySelectorAll("g[data-lane]")) {
    const lane = Number(one.dataset.lane);
    if (!lanes.has(lane)) lanes.set(lane, []);
    lanes.get(lane).push(one);
  }
  const order = [...lanes.keys()].sort((a, b) => a - b).map((lane) => lanes.get(lane));
  for (const lane of order) lane.sort((a, b) => start(a) - start(b));

  let chosen = null;
  const choose = (one) => {
    chosen?.classList.remove("chosen");
    chosen = one;
    chosen.classList.add("chosen");
    at("told").textContent = one.querySelector("title").textContent;
  };
  const show = (one) => {
    choose(one);
    const box = one.getBoundingClientRect(), frame = moving.getBoundingClientRect();
    if (box.left < frame.left || box.right > frame.right) moving.scrollLeft += box.left - frame.left - frame.width / 3;
  };
  for (const event of ["pointerover", "click"])
    picture.addEventListener(event, ({ target }) => {
      const one = target.closest("g[data-lane]");
      if (one) choose(one);
    });

  const nearest = (lane, x) => lane.reduce((best, one) => (Math.abs(start(one) - x) < Math.abs(start(best) - x) ? one : best));
  const step = (by) => {
    const lane = order.find((some) => some.includes(chosen));
    return lane[Math.min(lane.length - 1, Math.max(0, lane.indexOf(chosen) + by))];
  };
  const aside = (by) => {
    const i = order.findIndex((some) => some.includes(chosen));
    return nearest(order[Math.min(order.length - 1, Math.max(0, i + by))], start(chosen));
  };
  const keys = {
    ArrowRight: () => step(1), ArrowLeft: () => step(-1), ArrowDown: () => aside(1), ArrowUp: () => aside(-1),
    Home: () => step(-Infinity), End: () => step(Infinity),
  };
  moving.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "-") turn(event.key === "+" ? zoom * 2 : zoom / 2);
    else if (keys[event.key]) show(chosen ? keys[event.key]() : order[0][0]);
    else return;
    event.preventDefault();
  });
})();
