import { SegmentedControl } from "@mantine/core";
import { useState } from "react";

import { type Schemas, api, ask } from "@/api/client";
import { useAct } from "@/ui/act";

import { ChangeForm } from "./ChangeForm";
import { PresenceField } from "./PresenceField";
import { factorQuery, sessionsKey } from "./queries";

interface Props {
  isOn: boolean;
  onBegun: (made: Schemas["EnrolmentView"]) => void;
  onCodes: (made: Schemas["RecoveryCodes"]) => void;
  onOff: () => void;
}

type Presence = Schemas["Presence"];

const KEYS = [factorQuery.queryKey, sessionsKey];

/** What can be done with the second factor; each takes the password. */
export function FactorActs({ isOn, onBegun, onCodes, onOff }: Props) {
  const [chosen, setChosen] = useState<"renew" | "remove">("renew");
  const begin = useAct({
    act: (body: Presence) => ask(api.POST("/api/v1/auth/second-factor", { body })),
    keys: [],
    onDone: onBegun,
    isQuiet: true,
  });
  const renew = useAct({
    act: (body: Presence) => ask(api.POST("/api/v1/auth/second-factor/recovery-codes", { body })),
    keys: KEYS,
    onDone: onCodes,
    isQuiet: true,
  });
  const remove = useAct({
    act: (body: Presence) => ask(api.PUT("/api/v1/auth/second-factor/removal", { body })),
    done: "The second factor is off.",
    keys: KEYS,
    onDone: onOff,
    isQuiet: true,
  });
  const act = !isOn ? begin : chosen === "renew" ? renew : remove;
  const label = !isOn
    ? "Set up an authenticator app"
    : chosen === "renew"
      ? "Make new recovery codes"
      : "Turn the second factor off";
  return (
    <>
      {isOn && (
        <SegmentedControl
          aria-label="What to do"
          value={chosen}
          onChange={setChosen}
          data={[
            { value: "renew", label: "New recovery codes" },
            { value: "remove", label: "Turn it off" },
          ]}
          style={{ alignSelf: "flex-start" }}
        />
      )}
      <ChangeForm
        label={label}
        isDangerous={isOn && chosen === "remove"}
        send={async ({ current_password: current }) => {
          await act.mutateAsync({ current_password: current || null });
        }}
      >
        {(errors) => <PresenceField label="Password" error={errors.current_password} />}
      </ChangeForm>
    </>
  );
}
