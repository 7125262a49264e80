// The language of the page for its scripts: texts, numbers and sizes, as the server wrote them into the page.
const OnionWords = (() => {
  "use strict";

  const { decimal, group, leastGrouped, digits, units, separator, isChosen, texts } = JSON.parse(document.getElementById("words").textContent);
  const language = document.documentElement.lang;
  const plurals = new Intl.PluralRules(language);

  const localized = (text) => text.replace(/\d/g, (digit) => digits[digit]);

  /** A whole number, its thousands apart. */
  const number = (value) => {
    const text = String(value);
    return localized(text.length < 3 + leastGrouped ? text : text.replace(/\B(?=(\d{3})+$)/g, "\n")).replaceAll("\n", group);
  };

  /** A size, in the largest unit it fills. */
  const size = (bytes) => {
    let unit = 0;
    while (bytes >= 1023.95 && unit < units.length - 1) { bytes /= 1024; unit++; }
    if (!unit) return `${number(bytes)} ${units[0]}`;
    const [whole, fraction] = bytes.toFixed(1).split(".");
    return `${number(whole)}${decimal}${localized(fraction)} ${units[unit]}`;
  };

  /** A text in pieces: its words, and what is put in between, by `put`. The plural follows `count`. */
  const pieces = (key, values, put) => {
    const forms = texts[key];
    const text = typeof forms === "string" ? forms : forms[plurals.select(values.count)] ?? forms.other;
    return text.split(/\{(\w+)\}/).map((piece, i) => (i % 2 ? put(values[piece]) : piece));
  };

  const show = (value) => (typeof value === "number" ? number(value) : value);

  return {
    language,
    number,
    size,
    pieces,
    say: (key, values = {}) => pieces(key, values, show).join(""),
    list: (words) => words.join(separator),
    /** An address of the service's own pages, with the language that was chosen. */
    link: (address) => (isChosen ? `${address}?lang=${language}` : address),
  };
})();
