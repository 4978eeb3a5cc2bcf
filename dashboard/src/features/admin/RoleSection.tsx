import { NativeSelect, TextInput } from "@mantine/core";

import { type Schemas, api, ask } from "@/api/client";
import { ChangeForm } from "@/features/account/ChangeForm";
import { meQuery } from "@/shell/me";
import { Section } from "@/ui/Section";
import { useAct } from "@/ui/act";

import { ROLES, type User } from "./queries";
import { roleOf } from "./words";

/** Change something of a user; it counts at once. */
export function useUserChange(user: User, done: string) {
  return useAct({
    act: (body: Schemas["UserChanges"]) =>
      ask(api.PATCH("/api/v1/admin/users/{user_id}", { params: { path: { user_id: user.id } }, body })),
    done,
    keys: [["users"], meQuery.queryKey],
    isQuiet: true,
  });
}

/** A user's name and role. */
export function RoleSection({ user }: { user: User }) {
  const change = useUserChange(user, "Changed.");
  return (
    <Section title="Name and role" about="It counts at once, in open sessions too.">
      <ChangeForm
        label="Save"
        send={async ({ name = "", role }) => void (await change.mutateAsync({ name, role: roleOf(role) }))}
      >
        {(errors) => (
          <>
            <TextInput label="Name" name="name" defaultValue={user.name} maxLength={200} error={errors.name} />
            <NativeSelect
              label="Role"
              name="role"
              data={ROLES}
              defaultValue={user.role}
              size="xs"
              error={errors.role}
            />
          </>
        )}
      </ChangeForm>
    </Section>
  );
}
