// What makes a report answer: sections one at a time, filters, the panel with a row's raw bytes.
// Texts reach the page by textContent only, never as markup.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const docs = [...document.querySelectorAll(".doc")];
  const form = $("filters");
  const panel = $("panel");
  document.body.classList.add("js");

  const place = (columns) => Object.fromEntries(columns.map(([name], at) => [name, at]));
  const M = place(data.mentions);
  const B = place(data.blocks);

  /** The rows and raw bytes of a document, read when they are first asked for. */
  const rows = new Map();
  const rowsOf = (doc) => {
    if (!rows.has(doc)) rows.set(doc, JSON.parse(doc.querySelector(":scope > script").textContent));
    return rows.get(doc);
  };
  const marksOf = (doc) => doc.querySelectorAll(".text mark");
  const mentionOf = (mark) => rowsOf(mark.closest(".doc")).mentions[mark.dataset.m];

  // Sections

  const sections = [...document.querySelectorAll("main > section")];
  const links = [...document.querySelectorAll("nav a")];
  const show = (id) => {
    for (const section of sections) section.classList.toggle("now", section.id === id);
    for (const link of links) {
      if (link.hash === "#" + id) {
        link.setAttribute("aria-current", "page");
        // On a narrow screen the list of sections is wider than the page.
        const list = link.closest("ul");
        list.scrollLeft = link.offsetLeft - (list.clientWidth - link.offsetWidth) / 2;
      } else link.removeAttribute("aria-current");
    }
  };
  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };

  /** Follows the part of the address behind '#': a section, entity=ID, doc=ID or mention=ID. */
  const follow = (moved) => {
    const hash = location.hash.slice(1);
    const [what, ...rest] = hash.split("=");
    const id = decoded(rest.join("="));
    if (what === "entity" || what === "doc" || what === "mention") {
      show("documents");
      form.reset();
      if (what === "entity") form.elements.entity.value = id;
      filter();
      if (what === "entity") {
        $("documents-h").focus({ preventScroll: true });
        scrollTo(0, 0);
        for (const doc of docs) if (!doc.hidden) doc.open = true;
        return;
      }
      const doc = docs.find((doc) =>
        what === "doc" ? doc.dataset.id === id : rowsOf(doc).mentions.some((row) => row[M.mention_id] === id));
      if (!doc) return;
      doc.open = true;
      doc.scrollIntoView();
      doc.querySelector("summary").focus({ preventScroll: true });
      if (what === "mention") {
        const mark = [...marksOf(doc)].find((mark) => mentionOf(mark)[M.mention_id] === id);
        if (mark) {
          mark.scrollIntoView({ block: "center" });
          open(mark, false);
        }
      }
      return;
    }
    const section = sections.find((section) => section.id === hash);
    if (!section && hash !== "") return;
    const target = section || sections[0];
    show(target.id);
    if (target.id !== "documents") close();
    if (moved) {
      target.querySelector("h2").focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  };

  // Filters

  const words = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
  const texts = new Map();

  /** The text of a block without the kinds that are written behind mentions, as nodes and as one string. */
  const textOf = (paragraph) => {
    if (!texts.has(paragraph)) {
      const nodes = [];
      const walk = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
      let text = "";
      while (walk.nextNode()) {
        if (walk.currentNode.parentNode.localName === "i") continue;
        nodes.push([text.length, walk.currentNode]);
        text += walk.currentNode.data;
      }
      texts.set(paragraph, { nodes, text });
    }
    return texts.get(paragraph);
  };
  const rangeOf = (paragraph, start, end) => {
    const { nodes } = textOf(paragraph);
    const range = new Range();
    const at = (offset) => nodes.findLast(([from]) => from <= offset) || nodes[0];
    const [from, first] = at(start);
    const [to, last] = at(end - 1);
    range.setStart(first, start - from);
    range.setEnd(last, end - to);
    return range;
  };

  let matches = [];
  let matched = -1;
  const filter = () => {
    const kinds = new Set([...form.elements.kind].filter((box) => box.checked).map((box) => box.value));
    const { entity, side, publisher, year, text } = form.elements;
    const wanted = text.value.trim() === "" ? null : new RegExp(words(text.value.trim()), "giu");
    const byMention = kinds.size > 0 || entity.value !== "" || side.value !== "";
    const found = [];
    matches = [];
    matched = -1;
    let shown = 0;
    let mentions = 0;
    for (const doc of docs) {
      let fits = (publisher.value === "" || doc.dataset.publisher === publisher.value.trim())
        && (year.value === "" || doc.dataset.year === year.value.trim());
      const own = [];
      if (fits && wanted) {
        for (const paragraph of doc.querySelectorAll(".block > p")) {
          for (const hit of textOf(paragraph).text.matchAll(wanted)) {
            if (hit[0] !== "") own.push(rangeOf(paragraph, hit.index, hit.index + hit[0].length));
          }
        }
        fits = own.length > 0;
      }
      const marks = [];
      if (fits) {
        for (const mark of marksOf(doc)) {
          const row = mentionOf(mark);
          const id = row[M.entity_id];
          const good = (kinds.size === 0 || kinds.has(row[M.kind]))
            && (entity.value === "" || id === entity.value)
            && (side.value === "" || (id !== null && data.entities[id]?.side === side.value));
          mark.classList.toggle("off", !good);
          if (good) marks.push(mark);
        }
        if (byMention && marks.length === 0) fits = false;
      }
      doc.hidden = !fits;
      if (!fits) continue;
      shown += 1;
      mentions += marks.length;
      found.push(...own);
      if (wanted) matches.push(...own.map((range) => ({ doc, range })));
      else if (byMention) matches.push(...marks.map((mark) => ({ doc, mark })));
    }
    if (globalThis.Highlight && CSS.highlights) CSS.highlights.set("found", new Highlight(...found));
    $("nothing").hidden = shown > 0;
    $("previous").disabled = $("next").disabled = matches.length === 0;
    const number = (n) => n.toLocaleString("en");
    const hits = wanted ? `, ${number(found.length)} times these words` : "";
    $("status").textContent = `${number(shown)} of ${number(docs.length)} texts, ${number(mentions)} mentions${hits}`;
  };

  /** Goes to the match before or after the one gone to last. */
  const step = (by) => {
    if (matches.length === 0) return;
    matched = (matched + by + matches.length) % matches.length;
    const { doc, mark, range } = matches[matched];
    doc.open = true;
    const place = mark || range.startContainer.parentElement;
    place.scrollIntoView({ block: "center" });
    document.querySelectorAll(".here").forEach((other) => other.classList.remove("here"));
    if (mark) {
      mark.classList.add("here");
      if (!panel.hidden) open(mark, false);
    }
    $("status").textContent = `match ${matched + 1} of ${matches.length}`;
  };

  // Mentions and blocks by mouse and keyboard

  /** Makes what can be opened in a document known to keyboards and screen readers, once it is open. */
  const prepare = (doc) => {
    if (doc.dataset.ready) return;
    doc.dataset.ready = "1";
    for (const mark of marksOf(doc)) {
      mark.setAttribute("role", "button");
      mark.tabIndex = -1;
    }
    for (const label of doc.querySelectorAll(".label")) label.tabIndex = -1;
    const first = doc.querySelector(".text mark, .label");
    if (first) first.tabIndex = 0;
  };
  const rove = (from, to) => {
    for (const other of from.closest(".doc").querySelectorAll("[tabindex='0'].label, mark[tabindex='0']")) other.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  };
  const keys = (event) => {
    const from = event.target.closest(".text mark, .label");
    if (!from || event.ctrlKey || event.altKey || event.metaKey) return;
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (sideways || event.key === "ArrowUp" || event.key === "ArrowDown") {
      const all = [...from.closest(".text").querySelectorAll("mark:not(.off), .label")];
      const forward = event.key === "ArrowRight" || event.key === "ArrowDown";
      const here = all.indexOf(from);
      const rest = forward ? all.slice(here + 1) : all.slice(0, Math.max(here, 0)).reverse();
      const to = rest.find((other) => (other.localName === "mark") === sideways);
      if (to) rove(from, to);
      event.preventDefault();
    } else if (event.key === "Enter" || event.key === " ") {
      rove(from, from);
      open(from, true);
      event.preventDefault();
    }
  };

  // The panel

  const element = (name, content, properties = {}) => {
    const it = Object.assign(document.createElement(name), properties);
    it.append(...[content].flat());
    return it;
  };
  const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

  const NAMES = { "\t": "TAB", "\n": "LF", "\r": "CR", "\0": "NUL" };
  const CONTROL = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

  /** Bytes as text in which every control character is named. */
  const shownBytes = (bytes, encoding) => {
    let text;
    try {
      text = new TextDecoder(encoding || "utf-8", { ignoreBOM: true }).decode(bytes);
    } catch {
      text = new TextDecoder("windows-1252").decode(bytes);
    }
    const out = [];
    let done = 0;
    for (const { 0: c, index } of text.matchAll(CONTROL)) {
      const name = NAMES[c] || "U+" + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
      out.push(text.slice(done, index), element("span", name, { className: "control" }), c === "\n" ? c : "");
      done = index + 1;
    }
    return [...out, text.slice(done)];
  };
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

  /** How many bytes before `at` begin a character that ends behind it, in UTF-8. */
  const align = (bytes, at, by) => {
    while (at > 0 && at < bytes.length && (bytes[at] & 0xc0) === 0x80) at += by;
    return at;
  };

  const around = 160;
  const most = 4000;
  const rawPart = (doc, start, end, fallback) => {
    const { raw, from, path, encoding } = rowsOf(doc);
    const out = [element("h3", "Raw bytes"), element("p", [
      `${end - start} bytes, from ${start} to ${end}, of `, element("code", path), encoding && encoding !== "UTF-8" ? `, decoded from ${encoding}` : "",
    ])];
    const bytes = raw === null ? new Uint8Array() : bytesOf(raw);
    if (start - from >= bytes.length) {
      const why = raw === null ? "The raw file was not at hand when this page was made." : "The page has no room for these bytes.";
      out.push(element("p", why + " In their place the text of the block:", { className: "note" }));
      out.push(element("pre", fallback, { dir: "auto" }));
      return out;
    }
    const [low, high] = [start - from, Math.min(end - from, start - from + most)];
    const wide = /^utf-16/i.test(encoding || "");
    const utf8 = /^utf-8$/i.test(encoding || "utf-8");
    let first = Math.max(0, low - around);
    let last = Math.min(bytes.length, high + around);
    if (wide) [first, last] = [first + ((low - first) & 1), last - ((last - high) & 1)];
    if (utf8) [first, last] = [align(bytes, first, 1), align(bytes, last, -1)];
    const part = (a, b) => shownBytes(bytes.subarray(a, b), encoding);
    const own = element("mark", part(low, high), { id: "raw-own" });
    own.dataset.hex = hex(bytes.subarray(low, high));
    out.push(element("pre", [
      first > 0 ? "…" : "", ...part(first, low), own, high < end - from ? "…" : "", ...part(high, last), last < bytes.length ? "…" : "",
    ], { dir: "auto", tabIndex: 0, ariaLabel: "Raw bytes, with some around them", role: "group" }));
    if (high - low <= 64) out.push(element("p", [element("code", own.dataset.hex)]));
    return out;
  };
  /** What tells where a row stands, which those who read seldom need. */
  const PLACE = /_id$|_index$|_path$|^(char|raw)_/;
  const listOf = (columns, row, wanted, change = {}) => {
    const list = element("dl", []);
    columns.forEach(([name, meaning], at) => {
      if (row[at] === null || row[at] === undefined || !wanted(name)) return;
      const value = change[name] ? change[name](row[at]) : element("bdi", String(row[at]));
      list.append(element("div", [element("dt", name.replace(/_/g, " "), { title: meaning }), element("dd", value)]));
    });
    return list;
  };

  let opened = null;
  const open = (from, focus) => {
    const doc = from.closest(".doc");
    const body = $("panel-body");
    document.querySelectorAll(".here").forEach((other) => other.classList.remove("here"));
    from.classList.add("here");
    opened = from;
    const block = from.closest(".block");
    const fallback = textOf(block.querySelector("p")).text;
    if (from.localName === "mark") {
      const row = mentionOf(from);
      const id = row[M.entity_id];
      const entity = id === null ? null : data.entities[id];
      $("panel-h").textContent = textOf(from).text;
      const link = (id) => {
        if (!entity) return element("bdi", id);
        const all = element("a", `all ${entity.mentions} mentions`, { href: "#entity=" + encodeURIComponent(id) });
        const about = [entity.kind, entity.side, entity.country].filter(Boolean).join(", ").replace(/_/g, " ");
        return [element("bdi", entity.name), ` (${about}), `, element("code", id), ", ", all];
      };
      const mention = (id) => element("a", element("bdi", id), { href: "#mention=" + encodeURIComponent(id) });
      const change = { entity_id: link, mention_id: mention, part_of: mention };
      const first = (name) => name === "entity_id" || !PLACE.test(name);
      body.replaceChildren(
        listOf(data.mentions, row, first, change),
        ...rawPart(doc, row[M.raw_start], row[M.raw_end], fallback),
        element("h3", "Its place"),
        listOf(data.mentions, row, (name) => !first(name), change),
        element("p", ["All of its way: ", element("code", `rapporteur explain OUT_DIR '${row[M.mention_id]}'`)]));
    } else {
      const row = rowsOf(doc).blocks[from.dataset.b];
      $("panel-h").textContent = row[B.kind].replace(/_/g, " ") + (row[B.kept] ? "" : ", removed");
      body.replaceChildren(
        listOf(data.blocks, row, (name) => !PLACE.test(name)),
        ...rawPart(doc, row[B.raw_start], row[B.raw_end], fallback),
        element("h3", "Its place"),
        listOf(data.blocks, row, (name) => PLACE.test(name)));
    }
    panel.hidden = false;
    panel.scrollTop = 0;
    document.body.classList.add("open");
    if (focus) $("panel-h").focus();
  };
  const close = () => {
    if (panel.hidden) return;
    const within = panel.contains(document.activeElement);
    panel.hidden = true;
    document.body.classList.remove("open");
    document.querySelectorAll(".here").forEach((other) => other.classList.remove("here"));
    if (within && opened) opened.focus({ preventScroll: true });
  };

  $("list").addEventListener("click", (event) => {
    const from = event.target.closest(".text mark, .label");
    if (from && getSelection().isCollapsed) {
      rove(from, from);
      open(from, true);
    }
  });
  $("list").addEventListener("keydown", keys);
  for (const doc of docs) {
    doc.addEventListener("toggle", () => doc.open && prepare(doc));
    if (doc.open) prepare(doc);
  }
  $("close").addEventListener("click", close);
  addEventListener("keydown", (event) => event.key === "Escape" && close());
  $("previous").addEventListener("click", () => step(-1));
  $("next").addEventListener("click", () => step(1));
  const press = (button) => {
    const pressed = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", pressed);
    return pressed;
  };
  $("all-open").addEventListener("click", (event) => {
    const pressed = press(event.target);
    for (const doc of docs) doc.open = pressed;
  });
  $("labels").addEventListener("click", (event) => document.body.classList.toggle("labelled", press(event.target)));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", filter);
  let waiting = 0;
  form.elements.text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 150);
  });
  form.addEventListener("reset", () => setTimeout(filter));
  addEventListener("hashchange", () => follow(true));
  let printed = [];
  addEventListener("beforeprint", () => {
    printed = docs.filter((doc) => !doc.open && !doc.hidden);
    for (const doc of printed) doc.open = true;
  });
  addEventListener("afterprint", () => {
    for (const doc of printed) doc.open = false;
  });
  filter();
  follow(false);
})();
