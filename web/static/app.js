/* What a page can do beyond links and forms. Everything hangs on data attributes and one listener
   per event on the document, so swapped content needs no setup. Loaded before the body: the chosen
   colours are there at the first paint. */
(() => {
  "use strict";
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // A private window may refuse storage; then choices last for the page.
  const memory = new Map();
  const store = {
    get(key) {
      try { return localStorage.getItem("goodstanding." + key); } catch { return memory.get(key) ?? null; }
    },
    set(key, value) {
      try {
        if (value === null) localStorage.removeItem("goodstanding." + key);
        else localStorage.setItem("goodstanding." + key, value);
      } catch { memory.set(key, value); }
    },
  };

  // Colours
  function showTheme() {
    const theme = store.get("theme") || "system";
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of all("[data-theme-set]")) button.ariaPressed = String(button.dataset.themeSet === theme);
  }
  root.classList.add("js");
  showTheme();

  // Messages for those who listen
  function say(text) {
    const status = one("#status");
    if (status) status.textContent = text;
  }

  // Lists: rows, marks, groups
  const shown = (element) => element.getClientRects().length > 0;
  const rows = () => all("[data-row]").filter(shown);
  const boxOf = (row) => one("input[type=checkbox]", row);
  const linkOf = (row) => one("a[data-open], a[data-fold]", row);
  const currentRow = () =>
    document.activeElement?.closest?.("[data-row]") || one("[data-row] a[aria-current]")?.closest("[data-row]") || null;
  let opening = 0;

  function move(step) {
    const list = rows();
    const here = list.indexOf(currentRow());
    const next = list[here < 0 ? 0 : Math.min(Math.max(here + step, 0), list.length - 1)];
    const link = next && linkOf(next);
    if (!link) return;
    link.focus();
    clearTimeout(opening);
    // The pane follows once the keys rest, so that holding j asks for one row and not for thirty.
    if (link.matches("[data-open]") && one("#pane")) opening = setTimeout(() => link.click(), 120);
  }
  function open() {
    const link = currentRow() && linkOf(currentRow());
    if (!link) return;
    if (link.ariaCurrent && shown(one("#pane-title") || link)) one("#pane-title")?.focus();
    else link.click();
  }
  function fold(wanted) {
    const link = one("a[data-fold]", currentRow()?.closest("[data-group]") || document.createElement("div"));
    if (link && (link.ariaExpanded === "true") !== wanted) { link.focus(); link.click(); }
  }
  const marks = () => all("input[name=marks]:checked");
  let lastMarked = null;
  function mark(range) {
    const row = currentRow();
    const box = row && boxOf(row);
    if (!box) return;
    const list = rows();
    const from = range && lastMarked ? list.indexOf(lastMarked) : -1;
    const wanted = range ? true : !box.checked;
    const [a, b] = from < 0 ? [list.indexOf(row), list.indexOf(row)] : [from, list.indexOf(row)].sort((x, y) => x - y);
    for (const each of list.slice(a, b + 1)) setMark(boxOf(each), wanted);
    lastMarked = row;
    countMarks();
  }
  function setMark(box, wanted) {
    if (!box) return;
    box.checked = wanted;
    const group = box.closest("[data-group]");
    if (!group) return;
    const head = one("[data-group-mark]", group);
    const members = all("input[name=marks]:not([data-group-mark])", group);
    if (box === head) for (const member of members) member.checked = wanted;
    else if (head && !wanted) head.checked = false;
  }
  function markAll(wanted) {
    for (const box of all("input[name=marks]")) box.checked = wanted;
    const every = one("[data-mark-all]");
    if (every) every.checked = wanted;
    countMarks();
  }
  function countMarks() {
    const label = one("[data-marked-count]");
    if (!label) return;
    // A group's box stands for all its rows, the unseen ones too; its label carries their number.
    let count = 0;
    for (const group of all("[data-group]")) {
      const head = one("[data-group-mark]", group);
      if (head?.checked) count += Number(head.dataset.groupMark);
      else count += all("input[name=marks]:checked", group).length;
    }
    label.textContent = count + " marked";
    for (const act of all("[data-counted]")) act.textContent = act.dataset.counted.replace("{n}", count.toLocaleString("en"));
  }

  // Keys
  const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  function press(letter) {
    const within = marks().length ? all(`.bulk [data-key="${letter}"]`) : [];
    const target = [...within, ...all(`[data-key="${letter}"]`)].find(shown);
    if (!target || target.disabled) return false;
    if (target.matches("a, button")) target.click();
    else { target.scrollIntoView({ block: "nearest" }); target.focus(); }
    return true;
  }
  let before = "";
  const listKeys = {
    j: () => move(1), k: () => move(-1), o: open, x: () => mark(false), X: () => mark(true),
    "[": () => fold(false), "]": () => fold(true),
  };
  function letterKey(event) {
    const key = event.key;
    const sequence = before;
    before = "";
    if (sequence === "g") return go(key);
    if (sequence === "*" && key === "a") return markAll(true), true;
    if (key === "g" || key === "*") { before = key; return true; }
    if (key === "/") return focusSearch();
    if (key === "?") return one("#keys")?.showModal(), true;
    if (key === "r" && one("[data-composer]:not(.private)")) return one("#reply-text").focus(), true;
    if (listKeys[key] && one("[data-list]")) return listKeys[key](), true;
    return /^[a-z0-9]$/.test(key) && press(key === "e" && !one('[data-key="e"]') ? "y" : key);
  }
  function go(letter) {
    const link = one(`a[data-go="${letter}"]`);
    if (link) link.click();
    return Boolean(link);
  }
  function focusSearch() {
    const field = all("[data-search], input[type=search]").find(shown);
    field?.focus();
    return Boolean(field);
  }
  // Enter confirms what the screen proposes, unless the focus is on something that has its own Enter.
  function confirm(event) {
    const button = all("[data-enter]").find(shown);
    const own = event.target.closest("a, button, summary, input, textarea, select");
    if (!button || own || event.repeat || one("dialog[open]") || document.body.dataset.keys === "off") return;
    event.preventDefault();
    button.click();
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) return confirm(event);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const send = event.target.closest("[data-composer]") && one("[data-send]");
      if (send && !send.disabled) { event.preventDefault(); send.click(); }
      return;
    }
    if (event.key === "Escape") return escape(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) || one("dialog[open]") || document.body.dataset.keys === "off") return;
    if (event.key.length === 1 && letterKey(event)) event.preventDefault();
  });
  function escape(event) {
    if (typing(event.target)) event.target.blur();
    else if (!one("dialog[open], [popover]:popover-open")) markAll(false);
  }

  // Presses
  const presses = {
    "[data-theme-set]": (button) => { store.set("theme", button.dataset.themeSet); showTheme(); },
    "[data-keys-open]": () => { one("#me")?.hidePopover?.(); one("#keys").showModal(); },
    "[data-copy]": copy,
    "[data-unmark]": () => markAll(false),
    "[data-draft]": (chip) => {
      const text = one("#reply-text");
      text.value = chip.dataset.draft;
      for (const each of all("[data-draft]")) each.ariaPressed = String(each === chip);
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
    },
    "[data-stage]": (button) => {
      one("#stage").classList.remove("light", "dark");
      one("#stage").classList.add(button.dataset.stage);
      for (const each of all("[data-stage]")) each.ariaPressed = String(each === button);
    },
  };
  document.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(presses)) {
      const button = event.target.closest(selector);
      if (button) act(button);
    }
  });
  async function copy(button) {
    const label = one("span", button);
    const text = document.getElementById(button.dataset.copy).textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without the clipboard (plain http off this machine) the text is selected for the person's own copy.
      getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
      return say("Selected. Copy it with your keyboard.");
    }
    say("Copied");
    const former = label.textContent;
    label.textContent = "Copied";
    setTimeout(() => { label.textContent = former; }, 2000);
  }
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[data-mark-all]")) markAll(box.checked);
    else if (box.matches("input[name=marks]")) { setMark(box, box.checked); lastMarked = box.closest("[data-row]"); countMarks(); }
  });

  // A slider and its number field say the same; letting go of the slider asks for the preview
  document.addEventListener("input", (event) => {
    const { mirrors } = event.target.dataset;
    if (mirrors) document.getElementById(mirrors).value = event.target.value;
  });
  document.addEventListener("change", (event) => {
    if (event.target.dataset.mirrors) event.target.form.requestSubmit();
  });

  // Composer: the draft stays on this device until it is sent
  document.addEventListener("input", (event) => {
    const text = event.target;
    if (!text.matches("[data-draft-key]")) return;
    count(text);
    // At every stroke: a pause would lose the last words of whoever leaves the page within it.
    store.set(text.dataset.draftKey, text.value || null);
  });
  document.addEventListener("submit", (event) => {
    const text = one("[data-draft-key]", event.target);
    if (text) store.set(text.dataset.draftKey, null);
  });
  function count(text) {
    const shownCount = one(`[data-count-of="${text.id}"]`);
    if (shownCount) shownCount.textContent = new TextEncoder().encode(text.value).length.toLocaleString("en");
  }
  function restoreDraft() {
    for (const text of all("[data-draft-key]")) {
      const kept = store.get(text.dataset.draftKey);
      if (kept && text.value === text.defaultValue) { text.value = kept; count(text); }
    }
  }

  // Toast: ten seconds, and as long as somebody is at it
  let leaving = 0;
  function timeToast() {
    clearTimeout(leaving);
    if (one("[data-toast]")) leaving = setTimeout(() => {
      const toast = one("[data-toast]");
      if (toast?.matches(":hover, :focus-within")) timeToast();
      else toast?.remove();
    }, 10000);
  }

  // After a swap the focus goes to the row that took the place of the one that left
  let place = -1;
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    // Not a page of ours (a proxy's error, a log-in elsewhere): keep what is on the screen.
    if (ctx.select === "#app" && !/\sid="app"/.test(ctx.text)) {
      event.preventDefault();
      return complain(`The server didn’t answer as it should (${ctx.response?.status ?? "no status"}). Load the page again.`);
    }
    place = rows().indexOf(document.activeElement?.closest?.("[data-row]") || currentRow());
  });
  document.addEventListener("htmx:after:swap", () => {
    settle();
    const lost = !document.activeElement || document.activeElement === document.body;
    if (lost && place >= 0) {
      const list = rows();
      const row = list[Math.min(place, list.length - 1)];
      if (row) linkOf(row)?.focus();
    }
  });
  // An error is shown, but its address takes no GET: a reload should show the screen again.
  document.addEventListener("htmx:before:history:update", (event) => {
    if (event.detail.response?.raw?.status >= 400) event.preventDefault();
  });
  document.addEventListener("htmx:error", (event) => {
    if (!event.detail.ctx?.response) complain("The server can’t be reached. Nothing was sent; try again.");
  });
  function complain(text) {
    one("#complaint")?.remove();
    const banner = Object.assign(document.createElement("p"), { id: "complaint", className: "banner bad", textContent: text });
    banner.setAttribute("role", "alert");
    one("#main")?.prepend(banner);
  }
  function settle() {
    showTheme();
    restoreDraft();
    countMarks();
    timeToast();
    one("[data-focus]")?.focus();
  }
  document.addEventListener("DOMContentLoaded", settle);
})();
