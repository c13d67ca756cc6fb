// What is shown to whom? The page, or in its place where one signs in. A page whose session ran out waits, as it is, behind it.
import { Activity, Suspense, useEffect, useLayoutEffect, useRef } from "react";
import { Outlet } from "react-router";

import { reachability } from "@/api/reachability";
import { Loading } from "@/shared/Loaded";
import { patientLazy } from "@/shell/loading";

import { sessions, useSession } from "./session";

const SignIn = patientLazy(() => import("./SignIn"));

export function Guarded() {
  const { state, ranOut } = useSession();
  useEffect(() => {
    void sessions.check();
    // Another window may have signed in or out, and a gateway that was away may be another one.
    const look = () => {
      if (sessions.now().canEnd || sessions.now().state === "away") void sessions.check();
    };
    window.addEventListener("focus", look);
    const stop = reachability.subscribe(() => {
      if (reachability.isThere()) void sessions.check();
    });
    return () => {
      window.removeEventListener("focus", look);
      stop();
    };
  }, []);
  if (state === "asking") return null;
  const isAway = state === "away";
  return (
    <>
      {isAway && (
        <Suspense fallback={<Loading />}>
          <SignIn ranOut={ranOut} />
        </Suspense>
      )}
      {(!isAway || ranOut) && (
        // Hidden, it follows no streams and asks nothing, and keeps what was typed.
        <Activity mode={isAway ? "hidden" : "visible"}>
          <Outlet />
          <Place />
        </Activity>
      )}
    </>
  );
}

/** Where in the page one was. A hidden page has no height, so the browser forgets. */
function Place() {
  const left = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (left.current !== null) window.scrollTo({ top: left.current });
    return sessions.subscribe(() => {
      if (sessions.now().state === "away") left.current = window.scrollY;
    });
  }, []);
  return null;
}
