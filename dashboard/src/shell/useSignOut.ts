/** Signing out: the screens go first, so that none of them asks once more, or watches a stream that is cut. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { flushSync } from "react-dom";

import { api, ask } from "@/api/client";
import { complain } from "@/ui/act";

interface Leaving {
  /** Nothing that asks the server may be shown. */
  isLeaving: boolean;
  signOut: () => Promise<void>;
}

export function useSignOut(): Leaving {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isLeaving, setLeaving] = useState(false);

  async function signOut(): Promise<void> {
    flushSync(() => setLeaving(true));
    try {
      await ask(api.POST("/api/v1/auth/logout"));
    } catch (reason) {
      setLeaving(false);
      complain(reason);
      return;
    }
    await queries.invalidateQueries({ queryKey: ["sign-in-options"], refetchType: "none" });
    await navigate({ to: "/login" });
    queries.removeQueries({ type: "inactive" });
  }

  return { isLeaving, signOut };
}
