// Adds to a page that is whole without it: a filter, lineage down to the seeds, what a model's neighbours in the graph are.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const at = (id) => document.getElementById(id);
  const make = (tag, text = "", kind = "") => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  for (const tools of all(".tools")) tools.hidden = false;

  // --- the filter: every word must be found in what a section is known by -------------------------------------------
  const models = all(".model").map((section) => {
    const id = section.lastElementChild.id; // m-NAME
    return { section, id, name: id.slice(2), words: section.dataset.find, table: section.dataset.table };
  });
  const rows = new Map(all("table.models tbody tr").map((row) => [row.querySelector("a").hash.slice(3), row]));
  const node = (name) => at("g-" + name);
  const filter = at("filter");
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const { section, name, words: known } of models) {
      const found = words.every((word) => known.includes(word));
      left += found;
      section.hidden = !found;
      rows.get(name).hidden = !found;
    }
    at("matches").textContent = words.length ? `${left} of ${models.length}` : "";
    light(words.length ? models.filter(({ section }) => !section.hidden).map(({ name }) => name) : null);
  };
  filter.addEventListener("input", apply);
  filter.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    filter.value = "";
    apply();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA/.test(event.target.tagName)) return;
    event.preventDefault();
    filter.focus();
  });
  const turn = (open) => models.forEach(({ section }) => { if (!section.hidden) section.open = open; });
  at("open").addEventListener("click", () => turn(true));
  at("close").addEventListener("click", () => turn(false));

  // --- the table of models, sorted by what its heads say; a second time turns it round --------------------------------
  const body = document.querySelector("table.models tbody");
  const inOrder = [...body.rows];
  all("table.models thead th").forEach((head, i) => {
    const value = (row) => +(row.cells[i].querySelector("data")?.value ?? -1);
    if (i && !inOrder.some((row) => value(row) >= 0)) return;
    const button = make("button", head.textContent);
    button.type = "button";
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const falling = head.ariaSort !== "descending";
      all("th", head.parentElement).forEach((one) => { one.ariaSort = null; });
      if (i) head.ariaSort = falling ? "descending" : "ascending";
      const sorted = i ? [...inOrder].sort((one, two) => (falling ? value(two) - value(one) : value(one) - value(two))) : inOrder;
      body.append(...sorted);
    });
  });

  // --- the graph: a model's ancestors and descendants ---------------------------------------------------------------
  const picture = document.querySelector(".graph");
  const nodes = picture ? all("a", picture) : [];
  const placeOf = new Map(nodes.map((one, i) => [one, i]));
  const parents = nodes.map((one) => (one.dataset.refs ? one.dataset.refs.split(" ").map(Number) : []));
  const children = nodes.map(() => []);
  parents.forEach((some, i) => some.forEach((parent) => children[parent].push(i)));
  const edges = picture ? all("path", picture).map((path) => [path, +path.dataset.from, +path.dataset.to]) : [];
  const reach = (start, next) => {
    const found = new Set();
    const todo = [start];
    while (todo.length) for (const i of next[todo.pop()]) if (!found.has(i)) { found.add(i); todo.push(i); }
    return found;
  };
  const paint = (lit, told, chosen = -1, edge = (from, to) => lit.has(from) && lit.has(to)) => {
    if (!picture) return;
    picture.classList.toggle("dim", lit !== null);
    nodes.forEach((one, i) => {
      one.classList.toggle("on", lit !== null && lit.has(i));
      one.classList.toggle("at", i === chosen);
    });
    for (const [path, from, to] of edges) path.classList.toggle("on", lit !== null && edge(from, to));
    at("lit").textContent = told;
  };
  const light = (names) => {
    if (names === null) return paint(null, "");
    paint(new Set(names.map((name) => placeOf.get(node(name)))), "");
  };
  const kin = (one) => {
    const i = placeOf.get(one);
    const above = reach(i, parents), below = reach(i, children);
    const told = `${one.querySelector("text").textContent} stands on ${above.size} and carries ${below.size} of ${nodes.length} models`;
    const up = (k) => k === i || above.has(k), down = (k) => k === i || below.has(k);
    paint(new Set([i, ...above, ...below]), told, i, (from, to) => (up(from) && up(to)) || (down(from) && down(to)));
  };
  for (const one of nodes) {
    one.addEventListener("focus", () => { kin(one); one.scrollIntoView({ block: "nearest", inline: "nearest" }); });
    one.addEventListener("click", () => kin(one));
    one.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && kin(one));
  }
  if (picture) picture.parentElement.scrollTop = (picture.clientHeight - picture.parentElement.clientHeight) / 2;
  at("fit")?.addEventListener("click", (event) => {
    const fits = picture.parentElement.classList.toggle("fit");
    event.target.setAttribute("aria-pressed", fits);
  });

  // --- lineage: the rows of the columns say where each comes from ---------------------------------------------------
  const SHOWN = 400; // columns in a tree, those shown above left out
  const OPEN = 4; // levels of a tree that are open at first
  const NAMED = 12; // columns of seeds in the line above it
  const sourcesOf = (row) => all(".from > ul:first-of-type > li", row).map((item) => item.querySelector("a") ?? item.firstChild);
  const tree = (row, seen, depth = 1) => {
    const list = make("ul", "", "tree");
    for (const source of sourcesOf(row)) {
      const item = list.appendChild(make("li"));
      const place = source.hash ? decodeURIComponent(source.hash.slice(1)) : "";
      item.append(source.cloneNode(true));
      if (!/^[cm]-/.test(place)) { // a seed; one that only a dimension reads is loaded into no table, and has no link
        seen.seeds.add(source.textContent);
        item.append(make("span", place ? " seed" : " seed, as parameters", "soft"));
        continue;
      }
      seen.models.add(place.slice(2).split(".")[0]);
      const next = at(place);
      if (!next || !sourcesOf(next).length) item.append(make("span", " made there", "soft"));
      else if (seen.places.has(place)) item.append(make("span", " as above", "soft"));
      else if (seen.places.size >= SHOWN) item.append(make("span", " and further", "soft"));
      else {
        seen.places.add(place);
        const below = tree(next, seen, depth + 1);
        if (depth < OPEN) item.append(below);
        else {
          const fold = item.appendChild(make("details"));
          fold.append(make("summary", "what it comes from", "soft"), below);
        }
      }
    }
    return list;
  };
  const trace = (row) => {
    const seen = { places: new Set([row.id]), seeds: new Set(), models: new Set([row.id.slice(2).split(".")[0]]) };
    const made = tree(row, seen);
    return { made, seen };
  };
  const told = (seen) => {
    const seeds = [...seen.seeds];
    const through = seen.models.size > 1 ? `, by way of ${seen.models.size - 1} other model${seen.models.size > 2 ? "s" : ""}` : "";
    const more = seeds.length > NAMED ? ` and ${seeds.length - NAMED} more` : "";
    return `${seeds.length ? `the seeds' ${seeds.slice(0, NAMED).join(", ")}${more}` : "no seed"}${through}`;
  };
  document.addEventListener("toggle", (event) => {
    const fold = event.target;
    if (!fold.matches?.(".from") || !fold.open || fold.dataset.done) return;
    fold.dataset.done = "yes";
    const { made, seen } = trace(fold.closest("tr"));
    fold.append(make("p", `All in all from ${told(seen)}.`, "soft"), made);
    fold.querySelector(":scope > ul").hidden = true;
  }, true);
  const box = at("column");
  let known = null;
  const fill = () => {
    if (known) return;
    known = new Map();
    const options = document.createDocumentFragment();
    for (const { section, name, table } of models) {
      for (const row of all(".columns tbody tr", section)) {
        const column = row.firstElementChild.textContent;
        const full = `${table}.${column}`;
        if (!known.has(full.toLowerCase())) options.append(Object.assign(make("option"), { value: full }));
        known.set(full.toLowerCase(), row);
        known.set(`${name}.${column}`.toLowerCase(), row);
      }
    }
    at("columns").append(options);
  };
  box?.addEventListener("focus", fill);
  box?.addEventListener("input", () => {
    fill();
    const place = at("sources");
    place.replaceChildren();
    const wanted = box.value.trim().toLowerCase();
    const row = known.get(wanted);
    if (!row) {
      const near = wanted.length > 1 ? [...known.keys()].filter((key) => key.includes(wanted)).length : 0;
      if (wanted) place.append(make("p", near ? `${near} columns have a name like this.` : "No column of this name.", "soft"));
      return light(null);
    }
    const { made, seen } = trace(row);
    const top = place.appendChild(make("p"));
    const link = top.appendChild(make("a", box.value.trim()));
    link.href = "#" + row.id;
    top.append(made.children.length ? ` comes from ${told(seen)}.` : " is made of constants, parameters and random numbers.");
    place.append(made);
    light([...seen.models]);
  });

  // --- a link into something folded opens it, also in a browser that does not do so by itself ------------------------
  const unfold = () => {
    const target = location.hash.length > 1 && at(decodeURIComponent(location.hash.slice(1)));
    for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      if (fold.hidden) { filter.value = ""; apply(); }
      fold.open = true;
    }
    if (target) target.scrollIntoView({ block: "start" });
    if (target && placeOf.has(target)) target.focus();
  };
  addEventListener("hashchange", unfold);
  if (location.hash) unfold();
})();
