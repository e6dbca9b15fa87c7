// Saves the answers as a file on this device. Nothing is sent anywhere; without this script the form can be printed.
const form = document.querySelector("form"), button = document.querySelector("#save");
const cell = (text) => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
button.hidden = false;
button.addEventListener("click", () => {
  const lines = ["date,item,answer"];
  const write = (item, answer) => lines.push([form.dataset.day, item, cell(answer)].join(","));
  const none = form.elements.none.checked;
  // A sign that is not ticked is a "no" only for who says so.
  for (const box of document.querySelectorAll(".sign input")) if (none && !box.checked) write(box.name, "0");
  for (const [item, answer] of new FormData(form)) if (item !== "none" && answer.trim()) write(item, answer.trim());
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
  link.download = `diary-${form.dataset.day}.csv`;
  link.click();
  document.querySelector("#saved").hidden = false;
});
