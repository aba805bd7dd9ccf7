// Makes working pages nicer. Every page does its job without this file. Markup contract, one line each:
//   textarea[data-count=N]          live counter, written into the element that follows (.count) or a new one
//   form[data-autosave=URL]         posts the form's own body to URL some time after typing; says so in [data-saved];
//                                   [name=tick] counts, so that a late one is known as late
//   [data-errors]                   the error summary, takes focus on load
//   [data-copy="text"]              copies that text, or the text of the element named by data-copy="#id"
//   [data-print]                    prints the page
//   [data-keep]                     warns before leaving until something was copied, printed, downloaded or ticked
//   [data-mirror=name]              repeats the chosen label or the typed text of the field with that name (same form)
//   [data-open=id]                  opens the <details> with that id; a #hash does so too
//   [data-show="name=value"]        shown only while that choice of the same form is taken (always shown without scripts)
//   input[data-filter]              hides the rows of table[data-list] that do not hold the words
//   [data-list]                     j, k, o or Enter over its table rows or [data-row]; x ticks, n is a[rel=next], u is [data-up]
//   [data-search]                   /;  dialog#keys: ?
//   [data-picked=name]              says how many boxes of that name are ticked; [data-all=name] ticks them all
(() => {
  "use strict";
  const d = document, root = d.documentElement;
  const all = (q, from = d) => [...from.querySelectorAll(q)];
  const one = (q, from = d) => from.querySelector(q);
  const add = (after, cls) => { const p = d.createElement("p"); p.className = cls; p.setAttribute("aria-live", "polite"); after.after(p); return p; };
  root.classList.add("js");

  // error summary
  const summary = one("[data-errors]");
  if (summary) summary.focus();

  // counters
  for (const box of all("textarea[data-count]")) {
    const most = +box.dataset.count;
    const out = box.nextElementSibling?.classList.contains("count") ? box.nextElementSibling : add(box, "count");
    out.removeAttribute("aria-live");
    const tell = () => {
      const n = [...box.value.replace(/\r\n/g, "\n")].length, over = n > most;
      out.textContent = over ? `超出 ${n - most} 字，最多 ${most} 字` : `已写 ${n} 字，最多 ${most} 字`;
      out.classList.toggle("over", over);
    };
    box.addEventListener("input", tell);
    tell();
  }

  // a value that other parts of the page repeat, parts that depend on a choice
  const valueOf = (form, name) => {
    const els = all(`[name="${CSS.escape(name)}"]`, form).filter((e) => e.type !== "hidden");
    const on = els.filter((e) => e.checked);
    if (els.some((e) => e.type === "radio" || e.type === "checkbox"))
      return { codes: on.map((e) => e.value), text: on.map((e) => e.dataset.label || e.closest("label")?.textContent.trim()).join("、") };
    const e = els[0];
    return !e ? { codes: [], text: "" } : { codes: [e.value], text: e.tagName === "SELECT" ? (e.value && e.selectedOptions[0]?.textContent) || "" : e.value };
  };
  const refresh = () => {
    for (const el of all("[data-mirror]")) {
      const form = el.closest("form");
      if (!form) continue;
      el.dataset.blank ??= el.textContent;
      el.textContent = valueOf(form, el.dataset.mirror).text || el.dataset.blank;
    }
    for (const el of all("[data-show]")) {
      const [name, value] = el.dataset.show.split("=");
      el.hidden = !valueOf(el.closest("form"), name).codes.some((c) => value.split("|").includes(c));
    }
  };
  if (one("[data-mirror],[data-show]")) { d.addEventListener("input", refresh); d.addEventListener("change", refresh); refresh(); }

  // autosave of the draft
  for (const form of all("form[data-autosave]")) {
    const out = one("[data-saved]", form) || one("[data-saved]") || add(form.lastElementChild, "saved");
    let timer = 0, last = "", wait = 1500, ticks = 0;
    const body = () => new URLSearchParams([...new FormData(form)].filter(([k, v]) => k !== "tick" && typeof v === "string")).toString();
    const ticked = (text) => `${text}&tick=${++ticks}`;
    const later = (ms) => { clearTimeout(timer); timer = setTimeout(save, ms); };
    const say = (text, off) => { out.textContent = text; out.classList.add("saved"); out.classList.toggle("off", off); };
    async function save() {
      const now = body();
      if (now === last || form.dataset.sent) return;
      try {
        const r = await fetch(form.dataset.autosave, { method: "POST", body: ticked(now), credentials: "same-origin", redirect: "manual", headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" } });
        if (r.status === 409) { last = now; return say("这一步在别的窗口里改过，这里写的还没有存。点按钮时会再问您。", true); }
        if (!r.ok && r.type !== "opaqueredirect") throw r;
        last = now; wait = 1500;
        const t = new Date();
        say(`已自动保存（${t.getHours()}:${String(t.getMinutes()).padStart(2, "0")}）。`, false);
      } catch (r) {
        wait = Math.min(60000, Math.max(wait * 2, 1000 * (+r.headers?.get("retry-after") || 0)));
        say("暂时没有保存上，稍后自动再试。您可以继续填写。", true);
        later(wait);
      }
    }
    last = body();
    form.addEventListener("input", () => later(wait));
    form.addEventListener("change", () => later(400));
    d.addEventListener("visibilitychange", () => {
      const now = body();
      if (d.hidden && now !== last && !form.dataset.sent && navigator.sendBeacon(form.dataset.autosave, new URLSearchParams(ticked(now)))) last = now;
    });
    form.addEventListener("submit", () => { if (form.elements.tick) form.elements.tick.value = ++ticks; });
  }

  // one submission a form
  addEventListener("submit", (e) => {
    const form = e.target;
    if (e.defaultPrevented || form.method === "dialog" || form.hasAttribute("data-again")) return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => all("button:not([type=button])", form).forEach((b) => b.setAttribute("aria-disabled", "true")));
    setTimeout(() => free(form), 20000);
  });
  const free = (form) => { delete form.dataset.sent; all("[aria-disabled]", form).forEach((b) => b.removeAttribute("aria-disabled")); };
  addEventListener("pageshow", (e) => { if (e.persisted) all("form").forEach(free); });

  // save before you leave
  let kept = !one("[data-keep]");
  const keep = () => { kept = true; };
  addEventListener("beforeunload", (e) => { if (!kept) { e.preventDefault(); e.returnValue = ""; } });
  addEventListener("afterprint", keep);
  d.addEventListener("change", (e) => { if (e.target.matches("[data-keep] [type=checkbox]") && e.target.checked) keep(); });
  d.addEventListener("submit", (e) => { if (e.target.closest("[data-keep]")) keep(); });

  // clicks
  const copy = async (text) => {
    try { await navigator.clipboard.writeText(text); } catch {
      const t = d.createElement("textarea"); t.value = text; t.className = "sr"; d.body.append(t); t.select();
      const ok = d.execCommand("copy"); t.remove();
      if (!ok) throw 0;
    }
  };
  d.addEventListener("click", async (e) => {
    const b = e.target.closest("[data-copy],[data-print],[data-open],[data-keys],a[download]");
    if (!b) return;
    if (b.matches("a[download]")) keep();
    if (b.hasAttribute("data-print")) { keep(); print(); }
    if (b.dataset.open) open(b.dataset.open);
    if (b.hasAttribute("data-keys")) one("#keys")?.showModal();
    if (b.dataset.copy) {
      const from = b.dataset.copy, was = (b.dataset.was ??= b.textContent);
      try { await copy(from[0] === "#" ? one(from).innerText.trim() : from); keep(); b.textContent = "✓ 已复制"; }
      catch { b.textContent = "没能复制，请抄下来"; }
      setTimeout(() => { b.textContent = was; }, 3000);
    }
  });
  const open = (id) => {
    const el = id && d.getElementById(id), box = el?.closest("details");
    if (!box) return;
    box.open = true;
    (el === box ? one("input:not([type=hidden]),select,textarea,button", box) : el)?.focus();
    box.scrollIntoView({ block: "nearest" });
  };
  const hash = () => open(decodeURIComponent(location.hash.slice(1)));
  addEventListener("hashchange", hash);
  if (location.hash) hash();
  addEventListener("beforeprint", () => all("details:not(.noprint)").forEach((x) => { x.open = true; }));

  // the desk: many at once
  for (const out of all("[data-picked]")) {
    const boxes = all(`[name="${out.dataset.picked}"][form]`), whole = one(`[data-all="${out.dataset.picked}"]`);
    out.dataset.blank = out.textContent;
    const tell = () => {
      const n = boxes.filter((b) => b.checked).length;
      out.textContent = n ? `已勾选 ${n} 件` : out.dataset.blank;
      if (whole) { whole.checked = n > 0 && n === boxes.length; whole.indeterminate = n > 0 && n < boxes.length; }
    };
    whole?.addEventListener("change", () => { for (const b of boxes) b.checked = whole.checked; tell(); });
    d.addEventListener("change", (e) => { if (boxes.includes(e.target)) tell(); });
    addEventListener("pageshow", tell);
    tell();
  }

  // the desk by keyboard
  const table = one("table[data-list]"), keys = one("#keys");
  if (!keys) return;
  one("[data-filter]")?.addEventListener("input", (e) => {
    const words = e.target.value.toLowerCase().split(/\s+/);
    for (const r of all("tbody tr", table)) r.hidden = !words.every((w) => r.textContent.toLowerCase().includes(w));
  });
  const rowsNow = () => all("[data-list] tbody tr:not([hidden]),[data-list] [data-row]");
  const mark = (r, on) => r.setAttribute(r.matches("tr") ? "aria-selected" : "aria-current", on);
  let row = -1;
  const go = (step) => {
    const rows = rowsNow();
    if (!rows.length) return;
    row = Math.max(0, Math.min(rows.length - 1, row + step));
    rows.forEach((r, i) => mark(r, i === row));
    one("a", rows[row])?.focus({ preventScroll: true });
    rows[row].scrollIntoView({ block: "nearest" });
  };
  for (const list of all("[data-list]"))
    list.addEventListener("focusin", (e) => {
      const rows = rowsNow(), i = rows.findIndex((r) => r.contains(e.target));
      if (i >= 0 && i !== row) { row = i; rows.forEach((r, n) => mark(r, n === i)); }
    });
  const typing = (el) => el.closest?.("select,textarea,dialog[open],[contenteditable]") || el.closest?.("input:not([type=checkbox],[type=radio])");
  d.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e.target)) return;
    const search = one("[data-search]"), here = row >= 0 ? rowsNow()[row] : null, key = e.key;
    const box = here && one("input[type=checkbox]", here);
    if (key === "j") go(1);
    else if (key === "k") go(row < 0 ? 1 : -1);
    else if ((key === "o" || (key === "Enter" && !e.target.closest?.("a,button,summary"))) && here) one("a", here)?.click();
    else if (key === "x" && box) box.click();
    else if (key === "n" && one("a[rel=next]")) one("a[rel=next]").click();
    else if (key === "/" && search) { search.focus(); search.select?.(); }
    else if (key === "?") keys.open ? keys.close() : keys.showModal();
    else if (key === "u" && one("[data-up]")) one("[data-up]").click();
    else return;
    e.preventDefault();
  });
})();
