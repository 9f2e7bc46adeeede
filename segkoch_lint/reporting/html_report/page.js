
"use strict";
(() => {
  const FEW_ROWS = 10;
  const textOf = new WeakMap();
  const has = (elements, words) => {
    const text = elements.map((element) => {
      if (!textOf.has(element)) textOf.set(element, element.textContent.toLowerCase());
      return textOf.get(element);
    }).join(" ");
    return words.every((word) => text.includes(word));
  };
  const wordsOf = (input) => input.value.toLowerCase().split(/\s+/).filter(Boolean);

  for (const input of document.querySelectorAll("[data-search]")) {
    const rows = [...document.getElementById(input.dataset.search).rows];
    if (rows.length <= FEW_ROWS) continue;
    input.closest(".tools").hidden = false;
    input.addEventListener("input", () => {
      const words = wordsOf(input);
      for (const row of rows) row.hidden = !has([...row.querySelectorAll(".name")], words);
    });
  }

  const filter = document.getElementById("filter");
  if (!filter) return;
  const search = document.getElementById("search");
  const library = document.getElementById("library");
  const matches = document.getElementById("match-count");
  const rules = [...document.querySelectorAll(".rule")].map((section) => ({
    section,
    name: section.querySelector("h3"),
    details: section.querySelector("details"),
    examples: [...section.querySelectorAll(".example")],
  }));
  const total = rules.reduce((sum, rule) => sum + rule.examples.length, 0);

  const apply = () => {
    const words = wordsOf(search);
    const chosen = library ? library.value : "";
    const levels = new Set([...filter.querySelectorAll("[name=severity]:checked")].map((box) => box.value));
    const isFiltered = words.length > 0 || chosen !== "";
    let shown = 0;
    for (const { section, name, details, examples } of rules) {
      let found = 0;
      if (levels.has(section.dataset.severity)) {
        for (const example of examples) {
          const isOfLibrary = chosen === "" || example.dataset.library === chosen;
          example.hidden = !(isOfLibrary && has([name, example], words));
          found += example.hidden ? 0 : 1;
        }
        section.hidden = isFiltered && found === 0;
      } else {
        section.hidden = true;
      }
      if (details && isFiltered) details.open = found > 0;
      shown += found;
    }
    matches.textContent = `${shown.toLocaleString("en")} of ${total.toLocaleString("en")} examples match`;
  };

  filter.hidden = false;
  filter.addEventListener("input", apply);
  filter.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("reset", () => {
    for (const { details } of rules) if (details) details.open = false;
    setTimeout(apply);
  });
  apply();
})();
