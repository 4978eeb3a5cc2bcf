import { api, ask } from "@/api/client";
import { PasswordField } from "@/features/forms/PasswordField";
import { Section } from "@/ui/Section";
import { useAct } from "@/ui/act";

import { ChangeForm } from "./ChangeForm";
import { PresenceField } from "./PresenceField";
import { sessionsKey } from "./queries";

/** Another password; one's other sessions end with it. */
export function PasswordSection({ email }: { email: string | null }) {
  const change = useAct({
    act: ({ password = "", current_password: current }: Record<string, string>) =>
      ask(api.PUT("/api/v1/auth/password", { body: { password, current_password: current || null } })),
    done: "The password is changed. Your other sessions have ended.",
    keys: [sessionsKey],
    isQuiet: true,
  });
  return (
    <Section title="Password" about="Changing it ends your other sessions.">
      <ChangeForm
        label="Change the password"
        required={{ password: "Enter a new password" }}
        send={async (given) => void (await change.mutateAsync(given))}
      >
        {(errors) => (
          <>
            <input type="hidden" name="username" autoComplete="username" value={email ?? ""} readOnly />
            <PresenceField error={errors.current_password} />
            <PasswordField label="New password" isNew error={errors.password} />
          </>
        )}
      </ChangeForm>
    </Section>
  );
}
