// The slip as a print page, 80 mm wide: /slip.html?id=TICKET, for staff and the kiosk.
import { html, useEffect, useState } from './lib/vendor.js';
import { t } from './lib/texts.js';
import { get, Problem } from './lib/api.js';
import { loadInfo } from './lib/live.js';
import { Loading, ProblemView, NeedRole, mount, param } from './lib/ui.js';
import { Paper } from './lib/paper.js';

loadInfo().catch(() => {});

function Slip() {
    const [k, setK] = useState(/** @type {any} */ (null));
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    useEffect(() => {
        get('/api/tickets/id/' + Number(param('id'))).then(setK, setProblem);
    }, []);
    useEffect(() => {
        if (!k) return;
        document.title = `${t('slip.title')} ${k.number}`;
        if (param('print')) setTimeout(() => print(), 300);
    }, [k]);
    if (problem) return html`<${ProblemView} problem=${problem} />`;
    if (!k) return html`<${Loading} />`;
    return html`
      <${Paper} ticket=${k} />
      <p class="slip-print no-print">
        <button type="button" class="btn btn-primary" onClick=${() => print()}>
          ${t('slip.print')}
        </button>
      </p>
    `;
}

mount(
    () =>
        html`
          <main>
            <${NeedRole} roles=${['kiosk', 'teller', 'floor', 'head', 'admin']}><${Slip} /><//>
          </main>
        `,
);
