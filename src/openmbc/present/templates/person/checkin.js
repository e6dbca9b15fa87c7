// Saves the answers as a file on this device. Nothing is sent anywhere; without this script the form can be printed.
const form = document.querySelector("form"), button = document.querySelector("#save");
const cell = (text) => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
button.hidden = false;
// A number may be told in another unit, and shows what it asks for once it is as high as that.
for (const input of document.querySelectorAll('input[type="number"]')) {
  const unit = form.querySelector(`select[data-of="${input.name}"]`), [low, high] = [input.min, input.max];
  const follow = () => {
    const { scale = 1, shift = 0 } = unit ? unit.selectedOptions[0].dataset : {};
    [input.min, input.max] = [low, high].map((bound) => (bound * scale + Number(shift)).toFixed(0));
    const value = ((input.value - shift) / scale).toFixed(2);
    for (const alarm of input.closest("fieldset").querySelectorAll("[data-from]"))
      alarm.hidden = input.value === "" || Number(value) < Number(alarm.dataset.from);
  };
  for (const given of unit ? [input, unit] : [input]) given.addEventListener("input", follow);
  input.addEventListener("invalid", () => { for (let box = input; (box = box.parentElement.closest("details")); ) box.open = true; });
  follow();
}
button.addEventListener("click", () => {
  if (!form.reportValidity()) return; // a number that cannot be: the browser says which
  const lines = ["date,item,answer"];
  const write = (item, answer) => lines.push([form.dataset.day, item, cell(answer)].join(","));
  const none = form.elements.none.checked;
  // A sign that is not ticked is a "no" only for who says so.
  for (const box of document.querySelectorAll(".sign input")) if (none && !box.checked) write(box.name, "0");
  for (const [item, answer] of new FormData(form)) {
    const unit = form.querySelector(`select[data-of="${item}"]`)?.value ?? "";
    if (item !== "none" && answer.trim()) write(item, `${answer.trim()} ${unit}`.trim());
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
  link.download = `diary-${form.dataset.day}.csv`;
  link.click();
  document.querySelector("#saved").hidden = false;
});
