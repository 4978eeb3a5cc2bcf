/** Who looks at a job: somebody signed in, or somebody with a link, who sees this one job and changes nothing. */

import { createContext, useContext } from "react";

import { api } from "@/api/client";

export interface Access {
  api: typeof api;
  /** The token of the link by which the job is seen; null for somebody signed in. */
  token: string | null;
}

export const AccessContext = createContext<Access>({ api, token: null });

export function useAccess(): Access {
  return useContext(AccessContext);
}
