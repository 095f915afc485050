"use strict";
// The page works without this file. With it: no reload, staff's words appear by themselves, and a message is
// called sent only after the server has said that it is kept.
(() => {
  const POLL_MS = 3000, POLL_HIDDEN_MS = 15000, TIMEOUT_MS = 30000, LONG = 2000;
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

  const ask = async (path, options) => {
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), TIMEOUT_MS);
    try {
      const answer = await fetch(path, { ...options, signal: stop.signal, credentials: "same-origin", cache: "no-store" });
      const body = await answer.json();
      if (!answer.ok) throw new Error(body.error.message);
      return body;
    } finally {
      clearTimeout(clock);
    }
  };

  const send = (text, id = newId()) => {
    dropOldButtons();
    const item = bubble("me", text);
    const state = make("span", "state", "正在发送……");
    item.append(state);
    lines.append(item);
    find("quick").hidden = true;
    toEnd();
    deliver(item, state, text, id);
  };

  const deliver = async (item, state, text, id) => {
    waiting += 1;
    typing.hidden = false;
    item.classList.remove("failed");
    state.textContent = "正在发送……";
    try {
      const body = JSON.stringify({ id, text, after: last });
      const done = await ask("/api/chat", { method: "POST", headers: { "Content-Type": "application/json" }, body });
      say("");
      if (done.kept) {
        item.remove();
        showAll(done.lines);
      } else {
        keepSpooled(item, state, text, done.replies);
      }
    } catch (error) {
      failed(item, state, text, id, error);
    } finally {
      waiting -= 1;
      typing.hidden = waiting === 0;
    }
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

  const failed = (item, state, text, id, error) => {
    const isOurs = error instanceof Error && error.name === "Error";
    item.classList.add("failed");
    state.textContent = isOurs ? `没有发出去。${error.message} ` : "没有发出去，请看看网络。急事请直接打电话。 ";
    const again = make("button", "", "重发");
    again.type = "button";
    again.addEventListener("click", () => { lines.append(item); deliver(item, state, text, id); });
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
    if (!text) { box.focus(); return; }
    if (!tapped) { box.value = ""; measure(); }
    send(text);
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
