import { TextInput } from "@mantine/core";

import { api, ask } from "@/api/client";
import { meQuery } from "@/shell/me";
import { Section } from "@/ui/Section";
import { useAct } from "@/ui/act";

import { ChangeForm } from "./ChangeForm";
import { PresenceField } from "./PresenceField";

/** Another address to sign in with. */
export function EmailSection({ email }: { email: string | null }) {
  const change = useAct({
    act: ({ email: address = "", current_password: current }: Record<string, string>) =>
      ask(api.PUT("/api/v1/auth/email", { body: { email: address, current_password: current || null } })),
    done: (user) => `You sign in with ${user.email} from now on.`,
    keys: [meQuery.queryKey],
    isQuiet: true,
  });
  return (
    <Section title="E-mail address" about={`You sign in with ${email ?? "none"}.`}>
      <ChangeForm
        label="Change the address"
        required={{ email: "Enter the new address" }}
        send={async (given) => void (await change.mutateAsync(given))}
      >
        {(errors) => (
          <>
            <TextInput
              label="New address"
              name="email"
              type="email"
              autoComplete="email"
              maxLength={300}
              error={errors.email}
            />
            <PresenceField error={errors.current_password} />
          </>
        )}
      </ChangeForm>
    </Section>
  );
}
