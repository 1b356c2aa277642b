"use strict";
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Set();
  let printing = false;
  const clone = (value) => JSON.parse(JSON.stringify(value));
  const lifted = { "#0072b2": "#4c9fe6", "#d55e00": "#ef9245", "#009e73": "#3fc79d", "#cc79a7": "#dd9cc0" };

  // Greys trade light for dark; the palette's colours get their lighter kin.
  const darker = (colour) => {
    const known = lifted[colour.toLowerCase()];
    if (known) return known;
    const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
    if (!found) return { black: "#e9edf2", white: "#12161c" }[colour] || colour;
    const parts = found.slice(1).map((part) => parseInt(part, 16));
    if (Math.max(...parts) - Math.min(...parts) > 48) return colour;
    const turned = parts.map((part) => Math.round(233 - (part / 255) * 211));
    return "#" + turned.map((part) => part.toString(16).padStart(2, "0")).join("");
  };
  const inTheDark = (value) => {
    if (typeof value === "string") return value.length < 8 ? darker(value) : value;
    if (Array.isArray(value)) return value.map(inTheDark);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) =>
        [key, key === "text" || key === "ticktext" || key === "customdata" ? inner : inTheDark(inner)]));
    }
    return value;
  };

  // Lines of words are broken beforehand: for a narrow screen, and for one that has this much room.
  const ROOM = 570;
  const roomy = (box) => box.clientWidth >= ROOM;
  const read = (box) => JSON.parse(document.querySelector(`script[data-for="${box.dataset.chart}"]`).textContent);

  const draw = (box, width) => {
    const both = read(box);
    const wide = both.wide !== undefined && (width ? width >= ROOM : roomy(box));
    const figure = wide ? both.wide : both;
    box.dataset.wide = String(wide);
    if (both.wide) box.style.height = `${figure.layout.height}px`;
    const night = dark.matches && !printing;
    const style = getComputedStyle(document.body);
    const layout = night ? inTheDark(clone(figure.layout)) : figure.layout;
    const data = night ? inTheDark(clone(figure.data)) : figure.data;
    layout.paper_bgcolor = "rgba(0,0,0,0)";
    layout.plot_bgcolor = "rgba(0,0,0,0)";
    layout.font = Object.assign({ size: 14, color: night ? "#e9edf2" : "#14181f" }, layout.font, { family: style.fontFamily });
    if (width) layout.width = width;
    Plotly.react(box, data, layout, { responsive: !width, displayModeBar: false });
    drawn.add(box);
  };
  const missing = (box) => {
    box.hidden = true;
    box.parentElement.querySelector(".no-chart").hidden = false;
  };

  const boxes = [...document.querySelectorAll(".chart")];
  if (typeof Plotly === "undefined") {
    boxes.forEach(missing);
  } else {
    boxes.filter((box) => !box.closest("details")).forEach((box) => draw(box));
    document.querySelectorAll("details").forEach((part) => part.addEventListener("toggle", () => {
      if (!part.open || printing) return;
      part.querySelectorAll(".chart").forEach((box) => { if (box.closest("details") === part) draw(box); });
    }));
    dark.addEventListener("change", () => drawn.forEach((box) => draw(box)));
    window.addEventListener("resize", () => drawn.forEach((box) => {
      if (!printing && box.offsetParent && box.dataset.wide !== String(roomy(box))) draw(box);
    }));
  }

  // On paper everything is open, light, and as wide as the page.
  const closed = [];
  window.addEventListener("beforeprint", () => {
    printing = true;
    document.querySelectorAll("details:not([open])").forEach((part) => { closed.push(part); part.open = true; });
    if (typeof Plotly !== "undefined") boxes.forEach((box) => draw(box, 680));
  });
  window.addEventListener("afterprint", () => {
    closed.splice(0).forEach((part) => { part.open = false; });
    printing = false;
    drawn.forEach((box) => { if (box.offsetParent) draw(box); });
  });
})();
