// vendor.js -- The libraries every page needs, under one name.
//
//     import { html, render, signal, useState } from '/lib/vendor.js';
//
// Charts and maps are larger, so pages that draw them ask for them themselves:
//     import uPlot from '/lib/vendor/uplot.js';
//     import L from '/lib/vendor/leaflet.js';
export {
    h,
    render,
    hydrate,
    Component,
    Fragment,
    createContext,
    createRef,
    cloneElement,
    toChildArray,
} from '/lib/vendor/preact.js';
export {
    useState,
    useEffect,
    useLayoutEffect,
    useReducer,
    useRef,
    useMemo,
    useCallback,
    useContext,
    useErrorBoundary,
    useId,
} from '/lib/vendor/preact-hooks.js';
export { html } from '/lib/vendor/htm-preact.js';
export {
    signal,
    computed,
    effect,
    batch,
    untracked,
    useSignal,
    useComputed,
    useSignalEffect,
} from '/lib/vendor/signals.js';
