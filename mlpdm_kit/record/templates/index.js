"use strict";
(() => {
  const body = document.querySelector("tbody");
  if (!body) return;
  const rows = [...body.rows].map((row) => ({
    row,
    text: row.textContent.normalize("NFKC").toLowerCase(),
    outcome: row.dataset.outcome,
    keys: [...row.cells].map((cell) => cell.dataset.sort),
  }));
  const words = document.getElementById("words");
  const verdict = document.getElementById("verdict");
  const shown = document.getElementById("shown");
  document.querySelector(".tools").hidden = false;
  document.querySelectorAll(".script-only").forEach((part) => { part.hidden = false; });

  const filter = () => {
    const wanted = words.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const item of rows) {
      const fits = (!verdict.value || item.outcome === verdict.value)
        && wanted.every((word) => item.text.includes(word));
      item.row.hidden = !fits;
      count += fits;
    }
    shown.textContent = shown.dataset.say.replace("{n}", count).replace("{total}", rows.length);
    document.getElementById("nothing").hidden = count > 0;
  };

  // Empty cells stand last in either direction; equal ones keep their order.
  const language = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const numeric = new Set([1, 3, 6]);
  const sort = (column, upwards) => {
    const sign = upwards ? 1 : -1;
    const order = numeric.has(column) ? (a, b) => Number(a) - Number(b) : language.compare;
    rows.sort((a, b) => {
      const [x, y] = [a.keys[column], b.keys[column]];
      if (x === "" || y === "") return (x === "") - (y === "");
      return sign * order(x, y);
    });
    body.append(...rows.map((item) => item.row));
  };

  document.querySelectorAll("thead button").forEach((button) => button.addEventListener("click", () => {
    const head = button.closest("th");
    const upwards = head.getAttribute("aria-sort") !== "ascending";
    document.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", upwards ? "ascending" : "descending");
    sort(Number(button.dataset.column), upwards);
  }));
  document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());
  words.addEventListener("input", filter);
  verdict.addEventListener("change", filter);
  filter();
})();
