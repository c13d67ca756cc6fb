// What stands in the address at this moment? What is shown may be a render behind it, and two quick changes must not undo each other.
import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** The search of the address, to be changed and gone to. */
export function searchNow(): URLSearchParams {
  return new URLSearchParams(window.location.search);
}

/** Writes one value of the search, or takes it out where it is empty; the way back does not lead through it. */
export function useSearchChange(): (name: string, value: string) => void {
  const [, setSearch] = useSearchParams();
  return useCallback(
    (name, value) => {
      const after = searchNow();
      if (value) after.set(name, value);
      else after.delete(name);
      setSearch(after, { replace: true, preventScrollReset: true });
    },
    [setSearch],
  );
}
