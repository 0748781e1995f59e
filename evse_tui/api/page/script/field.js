// A field that shows what the site has until somebody changes it: nothing that comes takes away what is being typed.

/** From now on the value of `input` is set through `follow` only. */
export function following(input) {
  let shown = null; // what the site has
  let edited = false;
  input.addEventListener("input", () => { edited = true; }); // also back to what the site has: "1" may be on its way to "16"
  input.addEventListener("blur", () => { edited &&= input.value !== shown; });
  return {
    /** The site has `value`. */
    follow(value) {
      shown = value;
      if (!edited && input.value !== value) input.value = value;
    },
    /** What was `sent` is the site's from now on; what was typed since then stays. */
    release(sent) {
      if (input.value === sent) edited = false;
    },
    /** Whether it shows something else than what the site has. */
    differs: () => edited && input.value !== shown,
  };
}
