// Texts of the customers' pages: home, kiosk, slip, board, phone.
/** @type {Record<string, [string, string]>} */
export default {
  "home.title": ["选择网点", "Choose an outlet"],
};
