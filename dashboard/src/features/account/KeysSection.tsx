import { useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { KeySection } from "@/features/keys/KeySection";
import type { Me } from "@/shell/me";

import { KeyActs } from "./KeyActs";
import { keysQuery } from "./queries";

/** One's own API keys. */
export function KeysSection({ me }: { me: Me }) {
  return (
    <KeySection
      about={
        <>
          For programs: <code>Authorization: Bearer hr_…</code>
        </>
      }
      none="You have no keys."
      dialog="Make an API key"
      query={useQuery(keysQuery)}
      listed={keysQuery.queryKey}
      permissions={me.permissions}
      make={(body) => ask(api.POST("/api/v1/auth/keys", { body }))}
      acts={(key, onFresh) => <KeyActs of={key} onRotated={onFresh} onWithdrawn={() => onFresh(null)} />}
    />
  );
}
