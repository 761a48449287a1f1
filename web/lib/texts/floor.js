// Texts of the floor page.
/** @type {Record<string, [string, string]>} */
export default {
};
