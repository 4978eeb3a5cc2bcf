import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { api, ask } from "@/api/client";
import { Section } from "@/ui/Section";
import { confirm } from "@/ui/confirm";

import { ChangeForm } from "./ChangeForm";
import { PresenceField } from "./PresenceField";

/** The end of one's account. */
export function DeleteSection() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  async function end({ current_password: current }: Record<string, string>): Promise<void> {
    const body = "Your sessions and keys end at once. Your jobs stay. This can't be undone.";
    const isMeant = await confirm({
      title: "Delete your account?",
      body,
      label: "Delete my account",
      isDangerous: true,
    });
    if (!isMeant) return;
    await ask(api.POST("/api/v1/auth/deletion", { body: { current_password: current || null } }));
    queries.clear();
    await navigate({ to: "/login", replace: true });
  }
  return (
    <Section title="Delete the account" about="Sessions and keys end at once. Your jobs stay.">
      <ChangeForm label="Delete my account" isDangerous send={end}>
        {(errors) => <PresenceField label="Password" error={errors.current_password} />}
      </ChangeForm>
    </Section>
  );
}
