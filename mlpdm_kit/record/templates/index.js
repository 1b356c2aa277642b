"use strict";
(() => {
  const body = document.querySelector("tbody");
  if (!body) return;
  const rows = [...body.rows].map((row) => ({ row, outcome: row.dataset.outcome }));
  const textOf = (item) => item.text ??= item.row.textContent.normalize("NFKC").toLowerCase();
  const keyOf = (item, column) => item.row.cells[column].dataset.sort;
  const words = document.getElementById("words");
  const verdict = document.getElementById("verdict");
  const shown = document.getElementById("shown");
  const more = document.getElementById("more");
  const step = Number(body.dataset.step);
  let most = step; // a browser takes minutes to lay out a hundred thousand rows
  document.querySelector(".tools").hidden = false;
  document.querySelectorAll(".script-only").forEach((part) => { part.hidden = false; });

  const filter = () => {
    const wanted = words.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const item of rows) {
      const fits = (!verdict.value || item.outcome === verdict.value)
        && wanted.every((word) => textOf(item).includes(word));
      count += fits;
      const hidden = !fits || count > most;
      if (item.row.hidden !== hidden) item.row.hidden = hidden;
    }
    const seen = Math.min(count, most);
    shown.textContent = shown.dataset.say.replace("{n}", seen).replace("{total}", rows.length);
    more.hidden = count <= most;
    document.getElementById("nothing").hidden = count > 0;
  };

  // Empty cells stand last in either direction; equal ones keep their order.
  const language = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const numeric = new Set([1, 3, 6]);
  const sort = (column, upwards) => {
    const sign = upwards ? 1 : -1;
    const order = numeric.has(column) ? (a, b) => Number(a) - Number(b) : language.compare;
    rows.forEach((item) => { item.key = keyOf(item, column); });
    rows.sort((a, b) => {
      const [x, y] = [a.key, b.key];
      if (x === "" || y === "") return (x === "") - (y === "");
      return sign * order(x, y);
    });
    const sorted = document.createDocumentFragment();
    rows.forEach((item) => sorted.append(item.row));
    body.append(sorted);
    filter();
  };

  document.querySelectorAll("thead button").forEach((button) => button.addEventListener("click", () => {
    const head = button.closest("th");
    const upwards = head.getAttribute("aria-sort") !== "ascending";
    document.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", upwards ? "ascending" : "descending");
    sort(Number(button.dataset.column), upwards);
  }));
  document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());
  const anew = () => {
    most = step;
    filter();
  };
  words.addEventListener("input", anew);
  verdict.addEventListener("change", anew);
  more.querySelector("button").addEventListener("click", () => {
    most += step;
    filter();
  });
  filter();
})();
