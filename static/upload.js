// File fields: each chosen file is sent in pieces with a bar, taken up again where it stopped, and a list says what is there.
// Without this file the same form sends the files whole. Markup contract:
//   [data-upload=URL]      a file field; URL begins, URL/id?offset= takes bytes, URL/id tells how far, URL/id/remove takes back
//   data-most data-bytes data-limit   how many files, how long each, the same in words; [data-final]: cannot be taken back
//   [data-rows]            the list; li[data-half] is one that did not come whole, told by data-name and data-size
//   [data-send]            the button that sends the chosen files without scripts; with data-final it stays, as the last word
//   [data-verify]          a chooser whose file is compared with every [data-hash]; [data-result] says which it equals
(() => {
  "use strict";
  const d = document, PIECE = 1 << 20, BIG = 2 << 20, SIDE = 2400, TRIES = 4;
  const make = (name, text, cls) => { const e = d.createElement(name); if (text) e.textContent = text; if (cls) e.className = cls; return e; };
  const button = (text, cls = "btn quiet") => { const b = make("button", text, cls); b.type = "button"; return b; };
  const later = (ms) => new Promise((go) => setTimeout(go, ms));
  const size = (n) => n < 1 << 20 ? `${Math.max(1, Math.ceil(n / 1024))} KB` : `${+(Math.ceil(n * 10 / (1 << 20)) / 10)} MB`;

  // an address that differs by nothing would not load
  const show = (to) => { if (location.pathname + location.search + location.hash === to) location.reload(); else location.assign(to); };

  // one request: the answer as { status, body, wait }; status 0 when the line broke
  const ask = (method, url, body, on, stop) => new Promise((go) => {
    const x = new XMLHttpRequest();
    x.open(method, url);
    x.setRequestHeader("accept", "application/json");
    x.timeout = 120000;
    if (on) x.upload.onprogress = (e) => on(e.loaded);
    x.onloadend = () => {
      let json = {};
      try { json = JSON.parse(x.responseText); } catch { /* a page of the frame */ }
      go({ status: x.status, body: json, wait: +(x.getResponseHeader("retry-after") || 0) });
    };
    stop?.(() => x.abort());
    x.send(body);
  });

  // a picture drawn small, straight from the file
  const draw = async (file, side, canvas = d.createElement("canvas"), square) => {
    const all = await createImageBitmap(file);
    const scale = Math.min(1, side / (square ? Math.min(all.width, all.height) : Math.max(all.width, all.height)));
    const w = Math.max(1, Math.round(all.width * scale)), h = Math.max(1, Math.round(all.height * scale));
    canvas.width = square ? side : w;
    canvas.height = square ? side : h;
    canvas.getContext("2d").drawImage(all, square ? (side - w) / 2 : 0, square ? (side - h) / 2 : 0, w, h);
    all.close();
    return canvas;
  };
  const shrunk = async (file) => {
    const canvas = await draw(file, SIDE);
    const blob = await new Promise((go) => canvas.toBlob(go, "image/jpeg", 0.86));
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  };

  for (const field of d.querySelectorAll("[data-upload]")) {
    const url = field.dataset.upload, most = +field.dataset.most, bytes = +field.dataset.bytes, last = "final" in field.dataset;
    const rows = field.querySelector("[data-rows]"), input = field.querySelector("input[type=file]"), send = field.querySelector("[data-send]");
    const choose = field.querySelector("[data-choose]"), said = field.querySelector("[data-said]"), form = field.closest("form");
    const say = (text) => { said.textContent = text; };
    const busy = new Set(), waiting = [];
    let running = false;
    const count = () => rows.querySelectorAll("li:not([data-refused])").length;
    const tell = () => {
      if (!input) return;
      const free = most - count();
      input.disabled = free <= 0;
      choose.textContent = free <= 0 ? `已经有 ${most} 个文件，够多了` : `选择文件，还可以传 ${free} 个`;
      if (send && !last) send.hidden = true;
      if (send && last) send.disabled = !waiting.length || running;
    };

    // a line of the list with its state and its buttons
    const line = (file) => {
      const li = make("li"), text = make("span", "", "fname"), small = make("small");
      text.append(make("b", file.name), small);
      li.append(text);
      if (/^image\/(jpeg|png|webp)$/.test(file.type) && window.createImageBitmap) {
        draw(file, 112, undefined, true).then((c) => { c.setAttribute("role", "img"); c.setAttribute("aria-label", `${file.name} 的缩略图`); li.prepend(c); }, () => {});
      }
      rows.append(li);
      return {
        li,
        state(words, cls, ...more) {
          small.replaceChildren(`${size(file.size)} · `, make("span", words, cls));
          li.querySelectorAll("button,progress").forEach((e) => e.remove());
          li.append(...more);
        },
      };
    };
    const drop = (l, name, id, words = "删掉") => {
      const b = button(words);
      b.append(make("span", ` ${name}`, "sr"));
      b.addEventListener("click", async () => {
        b.disabled = true;
        if (id) {
          const r = await ask("POST", `${url}/${id}/remove`, null);
          if (r.status !== 204 && r.status !== 404) { b.disabled = false; return say("没有删掉，请再试一次"); }
        }
        l.li.remove();
        say(`已删掉 ${name}`);
        tell();
        input?.focus();
      });
      return b;
    };

    // sends one file from where it stands; true when it is done with, one way or the other
    const go = async (job) => {
      const { file, l } = job, bar = make("progress");
      bar.max = file.size;
      bar.setAttribute("aria-label", `正在上传 ${file.name}`);
      let stop = () => {}, halted = false;
      const pause = button("暂停");
      pause.append(make("span", ` ${file.name}`, "sr"));
      pause.addEventListener("click", () => { halted = true; stop(); });
      const at = (n) => { bar.value = n; };
      l.state("正在上传", "", pause, bar);
      busy.add(job);
      const ended = (r, cls, words, ...more) => { busy.delete(job); l.state(words, cls, ...more); say(`${file.name}：${words}`); return r; };
      const refused = (words) => { l.li.dataset.refused = ""; tell(); return ended(true, "late", words, drop(l, file.name, null, "知道了")); };
      for (let tries = 0; !halted;) {
        let r;
        if (!job.id) {
          r = await ask("POST", url, new URLSearchParams({ name: file.name, size: file.size }));
          if (r.status === 200) { job.id = r.body.id; job.offset = 0; continue; }
        } else {
          const from = job.offset;
          r = await ask("POST", `${url}/${job.id}?offset=${from}`, file.slice(from, from + PIECE), (n) => at(from + Math.min(n, PIECE)), (f) => { stop = f; });
          if (r.status === 200 && r.body.whole) {
            const more = last ? [] : [drop(l, file.name, job.id)];
            return ended(true, "done", last ? "✓ 已交上来" : "✓ 已上传", ...more);
          }
          if (r.status === 200) { if (r.body.offset > from) tries = 0; else tries++; job.offset = r.body.offset; at(job.offset); if (tries < TRIES) continue; }
        }
        if (r.status === 422) return refused(r.body.message);
        if (r.status === 404) {
          if (job.id && !job.again) { job.id = null; job.again = true; continue; }
          return refused("这一页放得太久，文件没有收下。填的内容还在，请刷新后再选一次");
        }
        if (halted || ++tries > TRIES) break;
        l.state("网络断了，正在再试", "soon", pause, bar);
        await later(r.wait ? Math.min(30, r.wait) * 1000 : 500 * 2 ** tries);
        if (job.id) {
          const s = await ask("GET", `${url}/${job.id}`);
          if (s.status === 200) job.offset = s.body.offset;
        }
      }
      const again = button("继续上传");
      again.append(make("span", ` ${file.name}`, "sr"));
      again.addEventListener("click", async () => {
        if (job.id) {
          const s = await ask("GET", `${url}/${job.id}`);
          if (s.status === 200) job.offset = s.body.offset;
        }
        waiting.unshift(job);
        run();
      });
      l.li.dataset.half = "";
      return ended(false, "soon", halted ? "暂停了，没有传完" : "没有传完，网络好了请点「继续上传」", again, drop(l, file.name, job.id));
    };
    const run = async () => {
      if (running) return;
      running = true;
      tell();
      let good = 0;
      while (waiting.length) {
        const job = waiting.shift();
        delete job.l.li.dataset.half;
        if (await go(job) && job.l.li.querySelector(".done")) good++;
      }
      running = false;
      tell();
      if (last && good && ![...rows.children].some((li) => !li.querySelector(".done"))) show(`${field.dataset.final}?added=${good}#proofs`);
    };

    // a large picture: shrunk only if the person wants it
    const wanted = (file, l) => new Promise((done) => {
      if (file.size < BIG || !/^image\/(jpeg|png|webp)$/.test(file.type) || !window.createImageBitmap) return done(file);
      const over = file.size > bytes;
      const small = button("缩小后上传"), whole = button("传原图");
      l.state(over ? `照片超过 ${field.dataset.limit}，原图收不下。要缩小后上传吗？缩小会去掉拍摄时间和地点等信息` : "照片较大，要不要缩小后上传？缩小会去掉拍摄时间和地点等信息，原图更有利于取证", "soon", ...(over ? [small] : [whole, small]), drop(l, file.name, null, "不传了"));
      whole.addEventListener("click", () => done(file));
      small.addEventListener("click", async () => { small.disabled = true; try { done(await shrunk(file)); } catch { done(file); } });
      say(`${file.name} 较大，请选择要不要缩小`);
    });

    const add = async (file) => {
      const half = [...rows.querySelectorAll("[data-half]")].find((li) => li.dataset.name === file.name && +li.dataset.size === file.size);
      const job = { id: null, offset: 0 };
      if (half) {
        const s = await ask("GET", `${url}/${half.dataset.id}`);
        if (s.status === 200) { job.id = half.dataset.id; job.offset = s.body.offset; }
        half.remove();
      }
      const l = line(file);
      job.l = l;
      const no = (words) => { l.li.dataset.refused = ""; tell(); say(`${file.name}：${words}`); l.state(words, "late", drop(l, file.name, null, "知道了")); };
      if (file.size === 0) return no("这个文件是空的，请重新选择");
      job.file = await wanted(file, l);
      if (job.file.size > bytes) return no(`这个文件太大，每个文件最多 ${field.dataset.limit}`);
      l.state("等待上传", "", drop(l, file.name, job.id));
      job.l.li.isConnected && waiting.push(job);
      if (last) tell(); else run();
    };
    input?.addEventListener("change", () => {
      const files = [...input.files];
      input.value = "";
      const free = most - count();
      if (files.length > free) say(`还可以传 ${free} 个，多的没有选上`);
      for (const file of files.slice(0, Math.max(0, free))) add(file);
      tell();
    });
    // one that was removed by its line is not sent
    form?.addEventListener("submit", (e) => {
      const mine = e.submitter && e.submitter.hasAttribute("data-send");
      if (mine) {
        e.preventDefault();
        delete form.dataset.sent;
        for (let i = waiting.length; i--;) if (!waiting[i].l.li.isConnected) waiting.splice(i, 1);
        return run();
      }
      if (e.submitter?.name === "drop" || !(busy.size || waiting.length)) return;
      if (confirm("文件还没有传完。点「取消」等它传完；点「确定」现在就继续，没传完的文件不会交上去。")) return;
      e.preventDefault();
      e.stopImmediatePropagation();
    }, true);
    addEventListener("beforeunload", (e) => { if (last && busy.size) { e.preventDefault(); e.returnValue = ""; } });
    tell();
  }

  // which of the files that were handed in is this one?
  for (const box of d.querySelectorAll("[data-verify]")) {
    const input = box.querySelector("input"), out = box.querySelector("[data-result]");
    const tell = (words, cls) => { out.hidden = false; out.className = `notice ${cls}`; out.textContent = words; };
    input.addEventListener("change", async () => {
      const file = input.files[0];
      if (!file) return;
      if (!window.crypto?.subtle) return tell("这个浏览器不能计算，请用下面的办法核对。", "soon");
      tell("正在计算，请稍等。", "");
      const sum = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      const hash = [...new Uint8Array(sum)].map((b) => b.toString(16).padStart(2, "0")).join("");
      const same = [...d.querySelectorAll("[data-hash]")].filter((e) => e.textContent.trim() === hash);
      if (same.length) tell(`✓ 一样：就是交上来的「${same[0].dataset.hash}」，一点没有改动。`, "done");
      else tell("✗ 和交上来的文件都不一样。可能不是同一份，或者改动、压缩过。", "late");
    });
  }
})();
