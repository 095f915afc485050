"use strict";
// The page works without this file. With it: no reload, staff's words appear by themselves, and a message is
// called sent only after the server has said that it is kept.
(() => {
  const POLL_MS = 3000, POLL_HIDDEN_MS = 15000, TIMEOUT_MS = 30000, LONG = 2000;
  // A picture from the village takes its time.
  const PICTURE_TIMEOUT_MS = 180000, PICTURE_MAX = 10 * 1024 * 1024, SMALL_ENOUGH = 1024 * 1024, LONGEST_SIDE = 2560;
  const REFUSED = "picture_refused", TOO_LARGE = "图片太大，没有发出去。请换一张，或者截一张小的再发。";
  const WHO = { me: "我", bot: "助手", staff: "工作人员" };
  const KINDS = { photo: "［图片］", voice: "［语音］", location: "［位置］", contact: "［联系人］", sticker: "［表情］" };
  const SIZES = 3;
  const find = (id) => document.getElementById(id);
  const lines = find("lines"), form = find("say"), box = find("text");
  const typing = find("typing"), trouble = find("trouble"), count = find("count");
  let last = Number(lines.dataset.last), timer = 0, waiting = 0, isPolling = false;
  // Said while the ledger was away: replaced once the ledger tells them.
  const spooled = [];

  const make = (tag, cls, text) => {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text) node.textContent = text;
    return node;
  };
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  const toEnd = () => window.scrollTo(0, document.body.scrollHeight);

  const bubble = (from, text, at) => {
    const item = make("li", `line ${from}`);
    const who = make("span", "who", `${WHO[from]} `);
    if (at) who.append(make("time", "", at));
    item.append(who, make("p", "", text));
    return item;
  };
  const withButtons = (item, buttons) => {
    if (!buttons.length) return;
    const taps = make("div", "taps");
    for (const text of buttons) {
      const button = make("button", "", text);
      button.type = "submit";
      button.setAttribute("form", "say");
      button.name = "tap";
      button.value = text;
      taps.append(button);
    }
    item.append(taps);
  };
  const VOTES = { up: "👍 有用", down: "👎 没用" };
  const REASONS = { wrong: "说得不对", outdated: "过时了", off_topic: "不是我问的", hard: "看不懂", other: "别的" };
  // A vote is no message: it goes its own way, and what is being typed or asked stays as it is.
  const voteButton = (value, label, isPressed) => {
    const button = make("button", "", label);
    button.name = "vote";
    button.value = value;
    if (isPressed) button.setAttribute("aria-pressed", "true");
    return button;
  };
  const drawVote = (box, vote, reason) => {
    box.querySelectorAll("button, .why").forEach((node) => node.remove());
    for (const [value, label] of Object.entries(VOTES)) box.append(voteButton(value, label, vote === value));
    if (vote === "up") box.append(make("span", "why", "谢谢。"));
    if (vote !== "down") return;
    box.append(make("span", "why", reason ? "谢谢，已转给编辑。" : "哪里不好（不选也行）："));
    for (const [value, label] of Object.entries(REASONS)) box.append(voteButton(`down.${value}`, label, reason === value));
  };
  const withVote = (item, line) => {
    const box = make("form", "rate");
    box.method = "post";
    box.action = "/vote";
    box.setAttribute("aria-label", "这个回答怎么样");
    const id = make("input");
    id.type = "hidden"; id.name = "line"; id.value = line.id;
    const guide = make("a", "guide", "办事指南");
    guide.href = `/guide/${encodeURIComponent(line.topic)}`;
    guide.target = "_blank"; guide.rel = "noopener";
    box.append(id, guide);
    drawVote(box, line.vote, line.reason);
    item.append(box);
  };
  const castVote = async (box, word) => {
    const line = box.querySelector("input[name=line]").value;
    try {
      const body = JSON.stringify({ line, vote: word });
      const done = await ask("/api/chat/vote", { method: "POST", headers: { "Content-Type": "application/json" }, body });
      drawVote(box, done.vote, done.reason);
      const pressed = box.querySelector("[aria-pressed]");
      if (pressed) pressed.focus({ preventScroll: true });
    } catch {
      box.append(make("span", "why", "没有记上，等一下再点。"));
    }
  };
  lines.addEventListener("submit", (event) => {
    if (!event.target.classList.contains("rate")) return;
    event.preventDefault();
    castVote(event.target, event.submitter.value);
  });
  const dropOldButtons = () => lines.querySelectorAll(".taps").forEach((taps) => taps.remove());

  const show = (line) => {
    if (line.id <= last) return null;
    last = line.id;
    if (line.from === "me") {
      const known = spooled.findIndex((one) => one.text === line.text);
      if (known >= 0) spooled.splice(known, 1)[0].nodes.forEach((node) => node.remove());
    }
    dropOldButtons();
    const item = bubble(line.from, line.text || KINDS[line.kind] || "［没有文字］", line.at);
    item.dataset.id = line.id;
    item.id = `m${line.id}`;
    if (line.topic) withVote(item, line);
    withButtons(item, line.buttons);
    lines.append(item);
    return item;
  };
  // What is new begins at the top: on a small screen its first words, the numbers, come before its last.
  const showAll = (fresh) => {
    const shown = fresh.map(show).filter(Boolean);
    const first = shown.find((item) => !item.classList.contains("me")) || shown.at(-1);
    if (first) first.scrollIntoView({ block: "start" });
  };

  const say = (words) => { trouble.textContent = words; trouble.hidden = !words; };

  const ask = async (path, options, withinMs = TIMEOUT_MS) => {
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), withinMs);
    try {
      const answer = await fetch(path, { ...options, signal: stop.signal, credentials: "same-origin", cache: "no-store" });
      const body = await answer.json();
      if (!answer.ok) throw Object.assign(new Error(body.error.message), { body });
      return body;
    } finally {
      clearTimeout(clock);
    }
  };

  const picker = find("picture"), picked = find("picked"), unpick = find("unpick");
  const showPicked = () => {
    const file = picker.files[0];
    picked.textContent = file ? "选好了，按“发送”" : "";
    picked.hidden = unpick.hidden = !file;
  };
  const forgetPicked = () => { picker.value = ""; showPicked(); };
  picker.addEventListener("change", showPicked);
  unpick.addEventListener("click", () => { forgetPicked(); picker.focus({ preventScroll: true }); });
  picker.parentElement.classList.add("alive");

  // A telephone's picture has far more points than anybody looks at, and the line is thin.
  const smaller = async (file) => {
    if (file.size <= SMALL_ENOUGH) return file;
    try {
      const bitmap = await createImageBitmap(file);
      const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
      const canvas = make("canvas");
      canvas.width = Math.round(bitmap.width * scale);
      canvas.height = Math.round(bitmap.height * scale);
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      const drawn = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
      return drawn && drawn.size < file.size ? drawn : file;
    } catch {
      return file;
    }
  };
  const post = async (text, id, picture) => {
    if (!picture) {
      const body = JSON.stringify({ id, text, after: last });
      return ask("/api/chat", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    }
    const sent = await smaller(picture);
    if (sent.size > PICTURE_MAX) {
      // It would be refused after minutes; the words go their way without it.
      const done = text ? await post(text, id, null) : {};
      throw Object.assign(new Error(TOO_LARGE), { body: { ...done, error: { code: REFUSED, message: TOO_LARGE } } });
    }
    const body = new FormData();
    for (const [name, value] of Object.entries({ id, text, after: String(last) })) body.append(name, value);
    body.append("picture", sent, "picture");
    return ask("/api/chat/picture", { method: "POST", body }, PICTURE_TIMEOUT_MS);
  };

  const send = (text, picture = null, id = newId()) => {
    dropOldButtons();
    const item = bubble("me", picture ? `［图片］${text}` : text);
    const state = make("span", "state", "正在发送……");
    item.append(state);
    lines.append(item);
    find("quick").hidden = true;
    toEnd();
    deliver(item, state, { text, picture, id });
  };

  const deliver = async (item, state, said) => {
    const { text, picture, id } = said;
    waiting += 1;
    typing.hidden = false;
    item.classList.remove("failed");
    state.textContent = "正在发送……";
    try {
      const done = await post(text, id, picture);
      say("");
      answered(item, state, text, done);
    } catch (error) {
      if (error.body && error.body.error.code === REFUSED) refused(item, state, text, error.body);
      else failed(item, state, said, error);
    } finally {
      waiting -= 1;
      typing.hidden = waiting === 0;
    }
  };

  const answered = (item, state, text, done) => {
    if (done.kept) {
      item.remove();
      showAll(done.lines);
    } else {
      keepSpooled(item, state, text, done.replies);
    }
  };

  // The words, if there were any, are with the server; the picture is not, and stays so until another is chosen.
  const refused = (item, state, text, done) => {
    if (text.trim()) answered(item, state, text, done);
    else item.remove();
    lines.append(bubble("bot", done.error.message));
    toEnd();
  };

  const keepSpooled = (item, state, text, replies) => {
    state.textContent = "先存下了，还没登记";
    const nodes = [item];
    for (const reply of replies) {
      const node = bubble("bot", reply.text);
      nodes.push(node);
      lines.append(node);
    }
    spooled.push({ text, nodes });
    item.scrollIntoView({ block: "start" });
  };

  const failed = (item, state, said, error) => {
    const isOurs = error instanceof Error && error.name === "Error";
    item.classList.add("failed");
    state.textContent = isOurs ? `没有发出去。${error.message} ` : "没有发出去，请看看网络。急事请直接打电话。 ";
    const again = make("button", "", "重发");
    again.type = "button";
    again.addEventListener("click", () => { lines.append(item); deliver(item, state, said); });
    state.append(again);
  };

  const poll = async () => {
    clearTimeout(timer);
    if (isPolling) return;
    isPolling = true;
    try {
      // While a message is under way its own answer brings the lines.
      if (waiting === 0) {
        const { lines: fresh } = await ask(`/api/chat/lines?after=${last}`, {});
        showAll(fresh);
        say("");
      }
    } catch {
      say(navigator.onLine ? "暂时连不上，正在重试。急事请直接拨打上面的电话。" : "网络断了，连上后会自动补上。急事请直接拨打上面的电话。");
    } finally {
      isPolling = false;
      timer = setTimeout(poll, document.hidden ? POLL_HIDDEN_MS : POLL_MS);
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const tapped = event.submitter && event.submitter.name === "tap" ? event.submitter.value : "";
    const text = tapped || box.value.trim();
    const picture = tapped ? null : picker.files[0] || null;
    if (!text && !picture) { box.focus(); return; }
    if (!tapped) { box.value = ""; measure(); forgetPicked(); }
    send(text, picture);
    box.focus({ preventScroll: true });
  });
  box.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a word.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  const measure = () => {
    const over = Array.from(box.value).length - LONG;
    count.hidden = over <= 0;
    count.textContent = over > 0 ? `多了 ${over} 个字。可以照样发，全文都会记下；分几次发，助手看得更清楚。` : "";
    count.classList.toggle("over", over > 0);
  };
  box.addEventListener("input", measure);

  const leave = (event) => {
    if (event) event.preventDefault();
    // Blank first: the answer of the server may take a while.
    document.title = "";
    document.body.replaceChildren();
    window.location.replace("/leave");
  };
  find("leave").addEventListener("click", leave);
  let escapes = 0;
  document.addEventListener("keydown", (event) => {
    escapes = event.key === "Escape" ? escapes + 1 : 0;
    if (escapes === 3) leave();
  });

  const larger = find("larger"), root = document.documentElement;
  const resize = (size) => { root.dataset.size = String(size % SIZES); };
  larger.hidden = false;
  larger.addEventListener("click", () => {
    resize(Number(root.dataset.size) + 1);
    try { localStorage.setItem("size", root.dataset.size); } catch { /* a private window keeps nothing */ }
  });
  try { resize(Number(localStorage.getItem("size") || "0")); } catch { /* as above */ }

  document.querySelectorAll(".noscript").forEach((node) => node.classList.add("gone"));
  window.addEventListener("online", poll);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
  // A page brought back by "back" after leaving must not show what was said.
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
  toEnd();
  poll();
})();
