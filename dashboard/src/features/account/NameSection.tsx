import { TextInput } from "@mantine/core";

import { api, ask } from "@/api/client";
import { meQuery } from "@/shell/me";
import { Section } from "@/ui/Section";
import { useAct } from "@/ui/act";

import { ChangeForm } from "./ChangeForm";

/** What one is called. */
export function NameSection({ name }: { name: string }) {
  const change = useAct({
    act: (wanted: string) => ask(api.PATCH("/api/v1/auth/me", { body: { name: wanted } })),
    done: (user) => (user.name ? `You are ${user.name} from now on.` : "You have no name here any more."),
    keys: [meQuery.queryKey, ["users"]],
    isQuiet: true,
  });
  return (
    <Section title="Name" about="Administrators see it beside your jobs; without one, your address.">
      <ChangeForm
        label="Change the name"
        send={async ({ name: wanted = "" }) => void (await change.mutateAsync(wanted.trim()))}
      >
        {(errors) => (
          <TextInput
            label="Your name"
            name="name"
            autoComplete="name"
            defaultValue={name}
            maxLength={200}
            error={errors.name}
          />
        )}
      </ChangeForm>
    </Section>
  );
}
