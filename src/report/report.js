"use strict";
// The report works without this script: the list opens, the page shows its marks. With it, list
// and page know of each other.
(() => {
  const frame = document.querySelector("#frame");
  const source = document.querySelector("#source");
  const list = document.querySelector("#list");
  const filter = document.querySelector("#filter");
  const openAll = document.querySelector("#all");
  const items = [...document.querySelectorAll(".item")];
  const views = [...document.querySelectorAll("[name=view]")];
  const toggles = [...document.querySelectorAll(".show input")];
  const words = new Map(items.map((item) => [item, item.textContent.toLowerCase()]));
  const root = document.documentElement;
  // For text there is no frame: its source is the page.
  const isPage = frame !== null;
  let current = null;
  let openedByUs = null;

  for (const part of document.querySelectorAll(".views, .show, .tools, .keys")) part.hidden = false;

  // A page's forms answer to the names of their fields in place of their own methods, so methods
  // are taken from where no page can put anything.
  const proto = Element.prototype;
  const closest = (element, selector) =>
    element && element.nodeType === 1 ? proto.closest.call(element, selector) : null;
  const inFrame = (selector) => {
    const page = frame && frame.contentDocument;
    return page ? [...Document.prototype.querySelectorAll.call(page, selector)] : [];
  };
  const summary = (item) => item.querySelector("summary");
  const view = () => root.dataset.view;
  const shown = () => items.filter((item) => !item.hidden);
  const isOff = (item) =>
    toggles.some((t) => !t.checked && item.dataset[t.name] === t.value);

  // What the page shows: one style sheet for the frame, and attributes for the source.
  function paint() {
    const after = view() === "after";
    const kept = toggles.find((t) => t.name === "state");
    const keptOff = after || (kept && !kept.checked);
    const bare = "{outline:0!important;box-shadow:none!important;cursor:auto!important}";
    let css = "";
    const plain = (mark) => {
      css += mark + bare + mark + "::before{display:none!important}";
    };
    if (after) plain("[data-dehusk]");
    if (keptOff) plain('[data-dehusk-state="kept"]');
    for (const t of toggles.filter((t) => t.name === "cat")) {
      const mark = `[data-dehusk-cat="${t.value}"]`;
      if (!t.checked) plain(mark);
      else if (after) css += `${mark}[data-dehusk-state="cut"]{display:none!important}`;
    }
    if (current && !after) {
      const mark = `[data-dehusk~="${current.dataset.item}"]`;
      css += `${mark}{outline-width:4px!important;box-shadow:inset 0 0 0 100vmax var(--dehusk-tint),`
        + "0 0 0 7px var(--dehusk-tint)!important}";
    }
    for (const sheet of inFrame("style#dehusk-now")) sheet.textContent = `@layer dehusk{${css}}`;

    const off = new Set(toggles.filter((t) => !t.checked).map((t) => t.value));
    for (const mark of source.querySelectorAll("mark")) {
      const { cat, state } = mark.dataset;
      const gone = after && state === "cut" && !off.has(cat);
      mark.hidden = gone;
      mark.classList.toggle("off", off.has(cat) || (state === "kept" && (keptOff || off.has(state))));
      mark.classList.toggle("now", !after && current !== null
        && mark.dataset.dehusk.split(" ").includes(current.dataset.item));
    }
    for (const line of source.querySelectorAll("[data-gone]")) {
      line.hidden = after && !off.has(line.dataset.gone);
    }
  }

  function show(name) {
    root.dataset.view = name;
    for (const radio of views) radio.checked = radio.value === name;
    if (isPage) {
      frame.hidden = name === "source";
      source.hidden = name !== "source";
    }
    paint();
    const mark = current && marks(current)[0];
    if (mark) reveal(mark);
  }

  // The marks of an item that can be seen where the page or its source is shown.
  function marks(item) {
    const selector = `[data-dehusk~="${item.dataset.item}"]`;
    const all = !isPage || view() === "source" ? [...source.querySelectorAll(selector)] : inFrame(selector);
    return all.filter((mark) => {
      const box = proto.getBoundingClientRect.call(mark);
      return box.width > 0 && box.height > 0;
    });
  }

  // Makes an item the current one, in the list and on the page.
  function select(item, { focus = true, scroll = true } = {}) {
    if (current) current.removeAttribute("aria-current");
    if (openedByUs && openedByUs !== item) openedByUs.querySelector("details").open = false;
    openedByUs = null;
    current = item;
    if (!item) return paint();
    item.setAttribute("aria-current", "true");
    const details = item.querySelector("details");
    if (!details.open) {
      details.open = true;
      openedByUs = item;
    }
    if (view() === "after") show("before");
    else paint();
    if (focus) summary(item).focus({ preventScroll: true });
    if (scroll) find(item);
    // Last, since to scroll what is in the frame may scroll the window as well.
    const room = matchMedia("(max-width: 760px)").matches ? innerHeight / 2 : list.clientHeight - 96;
    item.scrollIntoView({ block: item.offsetHeight > room ? "start" : "nearest" });
  }

  // Brings an item into view on the page, or where that cannot be, in its source.
  function find(item) {
    if (marks(item).length === 0 && isPage && view() !== "source") {
      // A pop-up that a script would open, say: the source has it all the same.
      show("source");
      say("Not visible on the page: shown in its source.");
    }
    const mark = marks(item)[0];
    if (mark) reveal(mark);
  }

  function reveal(mark) {
    const box = proto.getBoundingClientRect.call(mark);
    const room = mark.ownerDocument === document ? source.clientHeight : frame.clientHeight;
    const block = box.height > room * 0.8 ? "start" : "center";
    proto.scrollIntoView.call(mark, { block, inline: "nearest" });
  }

  function step(by) {
    const all = shown();
    if (all.length === 0) return;
    const at = all.indexOf(current);
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
    select(all[next]);
  }

  function say(text) {
    const status = document.querySelector("#status");
    if (status) status.textContent = text;
  }

  function sift() {
    const text = filter ? filter.value.trim().toLowerCase() : "";
    for (const item of items) item.hidden = isOff(item) || !words.get(item).includes(text);
    if (current && current.hidden) select(null);
    else paint();
    const count = shown().length;
    say(count === items.length ? `${count} ${count === 1 ? "block" : "blocks"}` : `${count} of ${items.length} blocks`);
  }

  // From a mark on the page to its item: of several the first that is shown.
  function itemOf(target) {
    const mark = closest(target, "[data-dehusk]");
    if (!mark) return null;
    const numbers = proto.getAttribute.call(mark, "data-dehusk").split(" ");
    return shown().find((item) => numbers.includes(item.dataset.item)) || null;
  }

  function clicked(event) {
    if (event.currentTarget !== source && !closest(event.target, "summary")) event.preventDefault();
    const item = view() === "after" ? null : itemOf(event.target);
    if (item) select(item, { scroll: false, focus: event.currentTarget === source });
  }

  // Out of the page: the current item, or the list.
  function toList() {
    window.focus();
    if (current) summary(current).focus();
    else if (list) list.focus();
  }

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, target } = event;
    const onPage = target.ownerDocument !== document || source.contains(target);
    const inList = list.contains(target);
    if (key === "Escape") {
      if (target === filter) {
        filter.value = "";
        sift();
        list.focus();
      } else if (onPage) toList();
      else if (openAll && current) select(null);
      else return;
    } else if (["INPUT", "SELECT", "TEXTAREA"].includes(target.nodeName) && target.type !== "radio"
        && target.type !== "checkbox") return;
    else if (key === "j" || (key === "ArrowDown" && inList)) step(1);
    else if (key === "k" || (key === "ArrowUp" && inList)) step(-1);
    else if (key === "Home" && inList) step(-items.length);
    else if (key === "End" && inList) step(items.length);
    else if (key === "/" && filter) filter.focus();
    else if (key === "b") show("before");
    else if (key === "a") show("after");
    else if (key === "s" && isPage) show("source");
    else if (key === "Enter" && onPage && itemOf(target)) {
      select(itemOf(target), { scroll: false });
      window.focus();
      summary(current).focus();
    } else if (key === "Enter" && target.nodeName === "SUMMARY") {
      const item = closest(target, ".item");
      if (item !== current || !target.parentNode.open) select(item);
      else {
        const mark = marks(item)[0];
        if (mark) {
          reveal(mark);
          if (mark.ownerDocument !== document) frame.focus();
          HTMLElement.prototype.focus.call(mark, { preventScroll: true });
        }
      }
    } else return;
    event.preventDefault();
  }

  for (const radio of views) radio.addEventListener("change", () => show(radio.value));
  for (const toggle of toggles) toggle.addEventListener("change", sift);
  document.addEventListener("keydown", pressed);
  source.addEventListener("click", clicked);
  if (filter) filter.addEventListener("input", sift);
  if (openAll) {
    openAll.addEventListener("click", () => {
      const open = openAll.getAttribute("aria-pressed") !== "true";
      openAll.setAttribute("aria-pressed", open);
      openedByUs = null;
      for (const item of items) item.querySelector("details").open = open;
    });
  }
  for (const item of items) {
    summary(item).addEventListener("click", (event) => {
      // The first click on an item opens it and goes to its place; the next closes it.
      if (item === current) return;
      event.preventDefault();
      select(item, { focus: false });
    });
  }

  function attach() {
    const page = frame.contentDocument;
    page.addEventListener("click", clicked);
    page.addEventListener("submit", (event) => event.preventDefault());
    page.addEventListener("keydown", pressed);
    paint();
    // A page of frames, or one that shows nothing without its scripts, is better read in source.
    if (page.body && items.length > 0 && inFrame("[data-dehusk]").length === 0) show("source");
  }
  if (isPage) {
    const page = frame.contentDocument;
    if (page && page.readyState === "complete" && page.body && page.body.attributes) attach();
    frame.addEventListener("load", attach);
  }
  show("before");
  sift();
})();
