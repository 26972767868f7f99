/* The widget. The server puts `const DATA = …, STYLE = …;` in front (web/widget_script.py), so that
   one request and one permission (script-src) are all a host page has to give. Text goes in as text
   nodes only. When anything fails, the link inside the element stays as it is. */
const STAR = "M7 .8 8.9 4.9l4.5.6-3.3 3.1.8 4.5L7 10.9l-3.9 2.2.8-4.5L.6 5.5l4.5-.6z";
const SVG = "http://www.w3.org/2000/svg";

function make(tag, options, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, options);
  element.append(...children.filter(Boolean));
  return element;
}
function link(data) {
  if (!data || !/^https?:\/\//.test(data.href)) return data ? make("span", {}, data.label) : null;
  return make("a", { href: data.href, target: "_blank", rel: "noopener noreferrer" }, data.label);
}
function draw(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
function stars(rating, said) {
  if (rating === null) return null;
  const picture = draw("svg", { class: "stars", viewBox: "0 0 78 14", role: "img", "aria-label": said || `${rating} of 5 stars` });
  const full = draw("svg", { width: 16 * Math.floor(rating) + 14 * (rating % 1), height: 14 });
  for (let n = 0; n < 5; n++) {
    picture.append(draw("path", { class: "off", d: STAR, transform: `translate(${16 * n})` }));
    if (n < rating) full.append(draw("path", { class: "on", d: STAR, transform: `translate(${16 * n})` }));
  }
  picture.append(full);
  return picture;
}
function head({ head: rating, others }) {
  if (!rating) return null;
  const said = `${rating.shown} of 5, ${rating.link.label}`;
  const beside = make("div", {}, stars(rating.stars, said), make("p", { className: "small others" }, link(rating.link),
    ...others.map((other) => make("span", {}, `${other.source} ${other.shown} `, link(other.link)))));
  return make("div", { className: "head" }, make("span", { className: "shown" }, rating.shown), beside);
}
function review(data) {
  const source = make("span", {}, link(data.attribution), ", ", make("time", { dateTime: data.iso }, data.when));
  const by = make("p", { className: "by" }, stars(data.rating), make("b", {}, data.author), source);
  const words = data.text && make("p", { className: "words", ...(data.language && { lang: data.language }) }, data.text);
  const reply = data.reply && make("div", { className: "reply" }, make("b", {}, data.reply_by), make("p", {}, data.reply));
  return make("article", {}, by, words, reply);
}
function list(data) {
  const box = make("section", { className: "box", ariaLabel: data.name }, head(data), ...data.reviews.map(review));
  if (data.selection) box.append(make("p", { className: "foot" }, make("span", {}, data.selection), link(data.read_all)));
  return box;
}
function badge(data) {
  return make("section", { className: "box badge", ariaLabel: data.name }, head({ ...data, others: [] }));
}

class GoodstandingReviews extends HTMLElement {
  connectedCallback() {
    const data = WIDGETS.get(this.getAttribute("w"));
    if (!data || this.shadowRoot) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    const content = data.kind === "badge" ? badge(data) : list(data);
    if (data.accent) {
      content.style.setProperty("--light", data.accent.light);
      content.style.setProperty("--dark", data.accent.dark);
    }
    content.lang = data.language;
    shadow.append(content);
  }
}
// Two widgets on one page bring two scripts: the second adds its data to the first one's element.
const WIDGETS = (window.goodstandingWidgets ??= new Map());
WIDGETS.set(DATA.public_id, DATA);
if (customElements.get("goodstanding-reviews")) for (const element of document.querySelectorAll("goodstanding-reviews")) element.connectedCallback();
else customElements.define("goodstanding-reviews", GoodstandingReviews);
