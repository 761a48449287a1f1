// table.js -- A table in a region that scrolls; on a phone (class table-phone) each row stands as a block, its
// cells below one another, each with the name of its column.
import { html, useEffect, useRef } from './vendor.js';
import { t } from './texts.js';

/** Writes the column's name on each cell, for the style sheet to show. @param {HTMLElement} box */
function nameCells(box) {
    for (const table of box.querySelectorAll('table.table-phone')) {
        /* a name that is only for screen readers is none to be seen */
        const names = [...table.querySelectorAll('thead th, thead td')].map((x) =>
            x.querySelector('.sr-only') ? '' : (x.textContent || '').trim(),
        );
        for (const row of table.querySelectorAll('tbody tr, tfoot tr')) {
            let at = 0;
            for (const cell of /** @type {any} */ (row.children)) {
                if (cell.tagName === 'TD' && names[at]) cell.dataset.l = names[at];
                at += cell.colSpan;
            }
        }
    }
}

/** @param {{label: string, children?: any}} p */
export function Scroll({ label, children }) {
    const ref = useRef(/** @type {any} */ (null));
    useEffect(() => nameCells(ref.current));
    return html`
      <div
          ref=${ref} class="table-wrap" tabindex="0" role="region"
          aria-label=${t('table.label', { of: label })}>
        ${children}
      </div>
    `;
}
