// Lists and tables of what was found. Text only: nothing that was sent is taken for markup.

export function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function list(target, results) {
  target.replaceChildren();
  for (const one of results) {
    const item = element("li");
    item.append(element("span", one.words, { class: "value" }));
    item.append(element("span", `held ${one.held}`, { class: "why" }));
    for (const reason of one.reasons) item.append(element("span", reason, { class: "why" }));
    target.append(item);
  }
  if (!results.length) target.append(element("li", "no press yet", { class: "none" }));
}

export function compare(target, found) {
  target.replaceChildren(element("p", found.answer, { class: "answer" }));
  target.append(table(found.sides.columns, found.sides.rows));
  for (const contrast of found.contrasts) for (const line of contrast.lines) target.append(element("p", line));
  for (const profile of found.profiles) {
    target.append(element("h3", profile.title));
    if (profile.rows.length) target.append(table(found.rule_columns, profile.rows));
    for (const said of profile.met) target.append(element("p", said));
    if (profile.others.length) target.append(folded("Rules that were not assessed", profile.others));
  }
  for (const note of found.notes) target.append(element("p", note, { class: "small" }));
  for (const section of found.sections) {
    target.append(element("h3", section.heading));
    for (const line of section.lines) target.append(element("p", line));
  }
}

function table(columns, rows) {
  const made = element("table");
  const head = element("tr");
  for (const column of columns) head.append(element("th", column, { scope: "col" }));
  const top = element("thead");
  top.append(head);
  const body = element("tbody");
  for (const row of rows) {
    const line = element("tr");
    row.forEach((cell, index) => line.append(index ? element("td", cell) : element("th", cell, { scope: "row" })));
    body.append(line);
  }
  made.append(top, body);
  const scroll = element("div", null, { class: "scroll", tabindex: "0", role: "group", "aria-label": columns[0] });
  scroll.append(made);
  return scroll;
}

function folded(title, lines) {
  const made = element("details");
  made.append(element("summary", title));
  for (const line of lines) made.append(element("p", line, { class: "small" }));
  return made;
}
