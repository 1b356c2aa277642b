"use strict";
(function () {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const boxes = read("boxes"), said = read("said");
  const at = (id) => document.getElementById(id);
  // where we are stands in the address, so that loading the page again loses nothing
  const state = { box: 0, length: boxes[0].minutes * 60000, left: boxes[0].minutes * 60000, end: 0 };

  function fill(code, figures) {
    return said[code].replace(/\{(\w+)\}/g, (all, name) => (name in figures ? figures[name] : all));
  }
  function shown(ms) {
    const whole = Math.max(0, Math.ceil(ms / 1000));
    return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
  }
  function left() { return state.end ? state.end - Date.now() : state.left; }

  function keep() {
    const parts = { box: state.box + 1, length: state.length };
    if (state.end) parts.end = state.end; else parts.left = Math.round(state.left);
    location.replace("#" + new URLSearchParams(parts).toString());
  }
  function restore() {
    const found = new URLSearchParams(location.hash.slice(1));
    const number = (name) => (/^-?\d+$/.test(found.get(name) || "") ? Number(found.get(name)) : NaN);
    const box = number("box") - 1;
    if (!(box >= 0 && box < boxes.length)) return;
    state.box = box;
    state.length = number("length") > 0 ? number("length") : boxes[box].minutes * 60000;
    state.left = Number.isNaN(number("left")) ? state.length : number("left");
    state.end = number("end") > 0 ? number("end") : 0;
  }

  function go(box, running) {
    state.box = Math.min(Math.max(box, 0), boxes.length - 1);
    state.length = state.left = boxes[state.box].minutes * 60000;
    state.end = running ? Date.now() + state.left : 0;
    keep(); draw();
  }
  function step(by) {
    const to = state.box + by;
    if (to >= 0 && to < boxes.length) go(to, state.end > 0);
  }
  function toggle() {
    if (state.end) { state.left = left(); state.end = 0; } else { state.end = Date.now() + state.left; }
    keep(); draw();
  }
  function more() {
    const over = Math.min(left(), 0);  // a minute more counts from now
    state.length += 60000 - over;
    if (state.end) state.end += 60000 - over; else state.left += 60000 - over;
    keep(); draw();
  }

  function put(id, text) { if (at(id).textContent !== text) at(id).textContent = text; }
  function draw() {
    const box = boxes[state.box], rest = left(), over = rest <= 0;
    const fresh = !state.end && state.left === state.length;
    document.body.className = over ? "over" : state.end ? "" : "paused";
    put("where", fill("box", { n: state.box + 1, of: boxes.length }));
    put("title", box.title);
    put("does", box.does);
    put("time", over ? "+" + shown(Math.floor(-rest / 1000) * 1000) : shown(rest));
    put("state", over ? "■ " + said.over + " " + box.late
      : state.end ? "▶ " + said.left : "‖ " + (fresh ? said.ready : said.paused));
    put("go-said", state.end ? said.pause : fresh ? said.start : said["go-on"]);
    at("bar").value = Math.min(1, Math.max(0, 1 - rest / state.length));
    const next = boxes[state.box + 1];
    put("next", next ? fill("next", { title: next.title, n: next.minutes }) : said.last);
    const later = boxes.slice(state.box + 1).reduce((sum, one) => sum + one.minutes * 60000, 0);
    const end = new Date(Date.now() + Math.max(0, rest) + later);
    put("ends", fill("ends", { time: end.getHours() + ":" + String(end.getMinutes()).padStart(2, "0") }));
    document.title = (over ? "■ " : "") + at("time").textContent + " · " + box.title;
  }

  at("back").addEventListener("click", () => step(-1));
  at("on").addEventListener("click", () => step(1));
  at("go").addEventListener("click", toggle);
  at("more").addEventListener("click", more);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const acts = { " ": toggle, ArrowRight: () => step(1), ArrowLeft: () => step(-1), "+": more };
    const onButton = event.target instanceof HTMLButtonElement && event.key === " ";
    if (!(event.key in acts) || onButton) return;  // a button takes the space bar itself
    event.preventDefault();
    acts[event.key]();
  });
  restore();
  draw();
  setInterval(draw, 250);
})();
