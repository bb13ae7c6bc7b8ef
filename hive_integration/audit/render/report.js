"use strict";
// Draws the map and the list of units from the data block. Text is only ever set as text, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const [NAME, SOURCE, COMPONENT, LOAD, TOKENS, BYTES] = [0, 1, 2, 3, 4, 5];
  const CLASSES = ["system_prompt", "builtin_tools", "mcp_tools", "agents", "commands", "skills", "memory", "hooks", "environment", "other"];
  const SEEN = 24, HIT = 100; // square pixels that a tile needs to be seen, to be hit; smaller units share one tile
  const $ = (id) => document.getElementById(id);
  const number = (n) => n.toLocaleString("en-US");
  const percent = (part, whole) => (whole ? (100 * part / whole).toFixed(1) + " %" : "–");
  const sum = (units) => units.reduce((total, unit) => total + unit[TOKENS], 0);
  const isIdle = (unit) => data.views[0][1].includes(unit[LOAD]);
  const short = (name) => name.replace(/^mcp__(.+?)__/, "$1/");
  const bare = (name) => name.replace(/^mcp__(.+?)__/, "");
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // Squarified treemap (Bruls, Huizing, van Wijk 2000): rows whose worst aspect ratio no longer improves are closed.
  function squarify(values, x, y, width, height) {
    const boxes = [];
    let left = values.reduce((a, b) => a + b, 0);
    let at = 0;
    while (at < values.length && left > 0 && width > 0 && height > 0) {
      const side = Math.min(width, height), scale = (width * height) / left;
      let row = 0, best = Infinity, end = at;
      while (end < values.length) {
        const area = (row + values[end]) * scale, thick = area / side;
        const worst = Math.max((values[at] * scale) / thick / thick, (thick * thick) / Math.max(values[end] * scale, 1e-9));
        if (worst > best) break;
        best = worst; row += values[end]; end += 1;
      }
      const thick = (row * scale) / side;
      let along = 0;
      for (; at < end; at += 1) {
        const length = (values[at] * scale) / thick || 0;
        boxes.push(width >= height ? [x, y + along, thick, length] : [x + along, y, length, thick]);
        along += length;
      }
      if (width >= height) { x += thick; width -= thick; } else { y += thick; height -= thick; }
      left -= row;
    }
    return boxes;
  }

  // The units worth a tile of their own in so many square pixels, and the rest as one.
  function tiles(units, area, smallest) {
    const total = sum(units), seen = units.filter((unit) => unit[TOKENS] * area >= smallest * total && unit[TOKENS] > 0);
    const rest = units.length - seen.length, tokens = total - sum(seen);
    return rest > 1 && tokens > 0 ? [...seen, [`${number(rest)} smaller units`, "", units[0][COMPONENT], units[0][LOAD], tokens, 0, rest]]
      : units.filter((unit) => unit[TOKENS] > 0);
  }

  const place = (element, [x, y, width, height], gap) => {
    Object.assign(element.style, { left: x + gap + "px", top: y + gap + "px", width: Math.max(width - 2 * gap, 0) + "px", height: Math.max(height - 2 * gap, 0) + "px" });
    return element;
  };

  const caption = (text, height) => {
    const span = make("span", "", text);
    span.style.webkitLineClamp = Math.max(1, Math.floor((height - 7) / 15));
    return span;
  };

  const map = $("map"), crumbs = $("crumbs"), tip = $("tip"), views = $("views");
  const about = new WeakMap(); // element -> [title, lines] of its tooltip
  let view = 0, open = null;
  const shown = () => data.units.filter((unit) => data.views[view][1].includes(unit[LOAD]));

  const describe = (unit, total) => [unit[NAME], [`${number(unit[TOKENS])} tokens, ${percent(unit[TOKENS], total)}`,
    `${data.components[unit[COMPONENT]]}, ${data.loads[unit[LOAD]]}`, unit[SOURCE]].filter(Boolean)];

  function drawGroups(units, width, height) {
    const groups = data.components.map((_, index) => units.filter((unit) => unit[COMPONENT] === index))
      .filter((group) => sum(group) > 0).sort((a, b) => sum(b) - sum(a));
    const total = sum(units), boxes = squarify(groups.map(sum), 0, 0, width, height);
    return groups.map((group, index) => {
      const box = boxes[index], component = group[0][COMPONENT], tokens = sum(group);
      const button = place(make("button", `group ${CLASSES[component]}`), box, 2);
      const line = `${number(tokens)} tokens, ${percent(tokens, total)}, ${number(group.length)} units`;
      button.type = "button";
      button.setAttribute("aria-label", `${data.components[component]}: ${line}`);
      button.addEventListener("click", () => draw(component));
      about.set(button, [data.components[component], [line, "Enter or click to open"]]);
      const [, , w, h] = box, head = h > 58 && w > 64 ? 24 : 3;
      if (head > 3) {
        const title = make("b", "", data.components[component] + " ");
        title.append(make("span", "", number(tokens)));
        button.append(title);
      }
      const inner = [w - 10, h - head - 7];
      if (inner[0] > 4 && inner[1] > 4) {
        const small = tiles(group, inner[0] * inner[1], SEEN);
        const places = squarify(small.map((unit) => unit[TOKENS]), 3, head, ...inner);
        small.forEach((unit, i) => {
          if (!places[i]) return;
          const tile = place(make("i", unit.length > 6 ? "rest" : ""), places[i], 0.75);
          if (places[i][2] > 62 && places[i][3] > 24) tile.append(caption(short(unit[NAME]), places[i][3]));
          about.set(tile, describe(unit, total));
          button.append(tile);
        });
      }
      return button;
    });
  }

  function drawUnits(units, width, height) {
    const servers = new Set(units.map((unit) => unit[SOURCE].split("/")[0])).size;
    const total = sum(shown()), some = tiles(units, width * height, HIT);
    const boxes = squarify(some.map((unit) => unit[TOKENS]), 0, 0, width, height);
    return some.map((unit, index) => {
      const button = place(make("button", `unit ${CLASSES[unit[COMPONENT]]}${unit.length > 6 ? " rest" : ""}`), boxes[index], 1);
      const [title, lines] = describe(unit, total);
      button.type = "button";
      button.setAttribute("aria-label", `${title}: ${lines[0]}`);
      button.addEventListener("click", () => (unit.length > 6 ? list.only(unit[COMPONENT]) : list.find(unit)));
      const [, , w, h] = boxes[index];
      if (w > 42 && h > 22) button.append(caption(servers > 1 ? short(unit[NAME]) : bare(unit[NAME]), h - (h > 48 ? 15 : 0)));
      if (w > 42 && h > 48) button.append(make("small", "", number(unit[TOKENS])));
      about.set(button, [title, lines]);
      return button;
    });
  }

  function draw(component, focus = true) {
    const had = open;
    open = component;
    const units = shown(), { clientWidth: width, clientHeight: height } = map;
    const part = open === null ? units : units.filter((unit) => unit[COMPONENT] === open);
    const drawn = open === null ? drawGroups(units, width, height) : drawUnits(part, width, height);
    drawn.forEach((button, index) => { button.tabIndex = index ? -1 : 0; });
    map.replaceChildren(...(drawn.length ? drawn : [make("p", "empty", "Nothing here")]));
    crumbs.hidden = open === null;
    if (open !== null) {
      const back = make("button", "", data.views[view][0]);
      back.type = "button";
      back.addEventListener("click", () => draw(null));
      crumbs.replaceChildren(back, make("span", "", "›"), make("b", "", data.components[open]),
        make("span", "", `${number(sum(part))} tokens, ${number(part.length)} units`));
    }
    for (const [index, button] of [...views.children].entries()) button.setAttribute("aria-pressed", String(index === view));
    if (focus && had !== open && drawn.length) (drawn.find((button) => open === null && button.classList.contains(CLASSES[had])) || drawn[0]).focus({ preventScroll: true });
    hideTip();
  }

  function showTip(element, x, y) {
    const text = about.get(element);
    if (!text) return hideTip();
    tip.replaceChildren(make("b", "", text[0]), ...text[1].map((line) => make("p", "", line)));
    tip.hidden = false;
    const { offsetWidth: w, offsetHeight: h } = tip;
    tip.style.left = Math.max(8, Math.min(x + 14, innerWidth - w - 8)) + "px";
    tip.style.top = (y + 18 + h > innerHeight ? Math.max(8, y - h - 12) : y + 18) + "px";
    return undefined;
  }
  const hideTip = () => { tip.hidden = true; };

  map.addEventListener("pointermove", (event) => showTip(event.target.closest("i, button"), event.clientX, event.clientY));
  map.addEventListener("pointerleave", hideTip);
  map.addEventListener("focusin", (event) => {
    if (!event.target.matches(":focus-visible")) return;
    const box = event.target.getBoundingClientRect();
    showTip(event.target, box.left, Math.min(box.top + 20, innerHeight - 90));
  });
  map.addEventListener("focusout", hideTip);
  map.addEventListener("keydown", (event) => {
    const buttons = [...map.querySelectorAll("button")], at = buttons.indexOf(document.activeElement);
    const steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 };
    if (event.key === "Escape" && open !== null) draw(null);
    else if (event.key in steps) {
      const next = buttons[Math.max(0, Math.min(steps[event.key], buttons.length - 1))];
      buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
      next?.focus();
      event.preventDefault();
    }
  });

  data.views.forEach(([name, loads], index) => {
    const button = make("button", "", name);
    button.type = "button";
    button.disabled = !data.units.some((unit) => loads.includes(unit[LOAD]));
    button.addEventListener("click", () => { view = index; draw(null, false); });
    views.append(button);
  });

  // The list: filtered and sorted whole, written in portions as one scrolls.
  const list = (() => {
    const PORTION = 60;
    const table = $("units"), body = table.tBodies[0], more = $("more"), query = $("query"), component = $("component"), load = $("load");
    const words = data.units.map((unit) => `${unit[NAME]}\n${unit[SOURCE]}`.toLowerCase());
    const collator = new Intl.Collator("en", { numeric: true });
    let column = TOKENS, rising = false, rows = [], written = 0;

    const option = (select, name, index) => { const o = make("option", "", name); o.value = index; select.append(o); };
    data.components.forEach((name, i) => data.units.some((unit) => unit[COMPONENT] === i) && option(component, name, i));
    data.loads.forEach((name, i) => data.units.some((unit) => unit[LOAD] === i) && option(load, name, i));

    function row(unit) {
      const line = make("tr", isIdle(unit) ? "" : "late");
      const text = (value) => { const td = make("td"), bdi = make("bdi", "", value); td.title = value; td.append(bdi); return td; };
      line.append(make("td", "n", number(unit[TOKENS])), text(unit[NAME]), make("td", "", data.components[unit[COMPONENT]]),
        make("td", "", data.loads[unit[LOAD]]), text(unit[SOURCE]), make("td", "n", number(unit[BYTES])));
      return line;
    }
    function portion() {
      const next = rows.slice(written, written + PORTION);
      body.append(...next.map((index) => row(data.units[index])));
      written += next.length;
      more.hidden = written >= rows.length;
      more.textContent = `Show more (${number(rows.length - written)} left)`;
    }
    function refresh() {
      const asked = query.value.trim().toLowerCase();
      rows = [...data.units.keys()].filter((i) => words[i].includes(asked)
        && (component.value === "" || data.units[i][COMPONENT] === Number(component.value))
        && (load.value === "" || (load.value === "idle" ? isIdle(data.units[i]) : data.units[i][LOAD] === Number(load.value))));
      const sign = rising ? 1 : -1, key = (i) => data.units[i][column];
      rows.sort((a, b) => sign * (column <= SOURCE ? collator.compare(key(a), key(b)) : key(a) - key(b)) || a - b);
      const tokens = sum(rows.map((i) => data.units[i]).filter(isIdle));
      $("count").textContent = `${number(rows.length)} of ${number(data.units.length)} units; ${number(tokens)} tokens of the total`;
      body.replaceChildren();
      written = 0;
      portion();
    }
    table.tHead.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const chosen = Number(button.dataset.column);
      rising = chosen === column ? !rising : chosen < LOAD;
      column = chosen;
      for (const th of table.tHead.rows[0].cells) th.removeAttribute("aria-sort");
      button.parentElement.setAttribute("aria-sort", rising ? "ascending" : "descending");
      refresh();
    });
    for (const field of [query, component, load]) field.addEventListener("input", refresh);
    $("filters").addEventListener("submit", (event) => event.preventDefault());
    more.addEventListener("click", portion);
    new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && !more.hidden && written < 1500 && portion(), { rootMargin: "600px" }).observe(more);
    table.hidden = $("filters").hidden = false;
    refresh();

    function set(asked, which, how) {
      query.value = asked; component.value = which; load.value = how;
      refresh();
      table.scrollIntoView({ block: "center" });
    }
    return {
      only: (index) => set("", String(index), view ? "" : "idle"),
      find: (unit) => { set(unit[NAME], String(unit[COMPONENT]), String(unit[LOAD])); body.rows[0]?.classList.add("found"); hideTip(); },
    };
  })();

  // Theme: what the system says, until one is chosen.
  const theme = $("theme"), THEMES = ["auto", "light", "dark"];
  const remember = (value) => { try { return value === undefined ? localStorage.getItem("hive-ctx-theme") : localStorage.setItem("hive-ctx-theme", value); } catch { return null; } };
  const dress = (value) => {
    const chosen = THEMES.includes(value) ? value : "auto";
    if (chosen === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = chosen;
    theme.textContent = `Theme: ${chosen}`;
    return chosen;
  };
  let current = dress(remember());
  theme.addEventListener("click", () => { current = dress(THEMES[(THEMES.indexOf(current) + 1) % 3]); remember(current); });

  map.hidden = views.hidden = theme.hidden = false;
  draw(null, false);
  let drawnAt = map.clientWidth;
  new ResizeObserver(() => { if (map.clientWidth !== drawnAt) { drawnAt = map.clientWidth; draw(open, false); } }).observe(map);
})();
