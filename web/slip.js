// The slip as a print page, 80 mm wide: /slip.html?id=TICKET. The kiosk hands the ticket over in the
// session's storage, since only the answer of a taking carries the QR code; others ask the server.
import { html, useEffect, useState } from "./lib/vendor.js";
import { t, tIn, pick, setLang } from "./lib/texts.js";
import { info, get, loadSession, Problem } from "./lib/api.js";
import { loadInfo } from "./lib/live.js";
import { Loading, ProblemView, NeedRole, Qr, mount, param } from "./lib/ui.js";
import { dateTime, range } from "./lib/format.js";

if (param("lang"))
  setLang(param("lang"));
const id = Number(param("id"));

/** @returns {any} */
function handed() {
  try {
    const k = JSON.parse(sessionStorage.getItem("piaohao.slip") || "null");
    return k && k.id === id ? k : null;
  } catch {
    return null;
  }
}

/** @param {{ticket: any}} p */
function Paper({ ticket: k }) {
  useEffect(() => {
    document.title = `${t("slip.title")} ${k.number}`;
    if (param("print"))
      setTimeout(() => print(), 150);
  }, []);
  return html`<main class="slip">
    <h1 class="bank">${info.value ? pick(info.value, "bank") : ""}</h1>
    <p>${pick(k.outlet)}</p>
    <p class="number">${k.number}</p>
    <p class="service">${k.services.map((/** @type {any} */ s) => pick(s)).join(" + ")}</p>
    <dl>
      <dt>${t("kiosk.ahead")}${t("kiosk.ahead.class", { class: pick(k.class) })}</dt><dd>${k.ahead_class === null ? "—" : t("kiosk.ahead.value", { n: k.ahead_class })}</dd>
      <dt>${t("kiosk.forecast")}</dt><dd>${range(k.forecast_at_take || k.forecast)}</dd>
      <dt>${t("slip.taken")}</dt><dd>${dateTime(k.taken_ms)}</dd>
      ${k.courtesy && html`<dt>${t("slip.courtesy")}</dt><dd>✓</dd>`}
    </dl>
    ${pick(k.service, "documents") && html`<p class="docs"><b>${t("kiosk.documents")}${t("colon")}</b>${pick(k.service, "documents")}</p>`}
    ${k.qr_svg && html`<${Qr} svg=${k.qr_svg} label=${t("kiosk.scan")} /><p>${t("kiosk.scan")}</p>`}
    <p>${t("slip.keep")}</p>
    ${info.value && info.value.demo && html`<p>${tIn("zh", "demo.ribbon")} · ${tIn("en", "demo.ribbon")}</p>`}
  </main>
  <p class="slip-print no-print"><button type="button" class="btn btn-primary" onClick=${() => print()}>${t("slip.print")}</button></p>`;
}

function Fetched() {
  const [k, setK] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
  useEffect(() => {
    get("/api/tickets/id/" + id).then(setK, setProblem);
  }, []);
  return problem ? html`<${ProblemView} problem=${problem} />` : k ? html`<${Paper} ticket=${k} />` : html`<${Loading} />`;
}

function Page() {
  const [ready, setReady] = useState(false);
  const k = handed();
  useEffect(() => {
    Promise.allSettled([loadInfo(), k ? null : loadSession()]).then(() => setReady(true));
  }, []);
  if (!ready)
    return html`<${Loading} />`;
  return k ? html`<${Paper} ticket=${k} />` :
    html`<${NeedRole} roles=${["kiosk", "teller", "floor", "head", "admin"]}><${Fetched} /><//>`;
}
mount(Page);
