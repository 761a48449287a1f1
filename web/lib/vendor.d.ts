/* What /lib/vendor.js gives: the libraries of the pages, in one place. */
export { h, render, Fragment, createContext, createRef } from "preact";
export {
  useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useReducer, useContext, useId,
} from "preact/hooks";
export { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } from "@preact/signals";
export { html } from "htm/preact";
