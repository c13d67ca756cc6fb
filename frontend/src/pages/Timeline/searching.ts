// What stands in the address at this moment? What is shown may be a render behind it, and two quick changes must not undo each other.

/** The search of the address, to be changed and gone to. */
export function searchNow(): URLSearchParams {
  return new URLSearchParams(window.location.search);
}
