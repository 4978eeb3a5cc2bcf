import { TextInput } from "@mantine/core";

import { PasswordField } from "@/features/forms/PasswordField";
import type { Given } from "@/features/forms/useSend";

export const ACCOUNT_REQUIRED = { email: "Enter an e-mail address", password: "Enter a password" };

/** What an account is made of. */
export function AccountFields({ errors, email }: { errors: Given; email?: string | null }) {
  return (
    <>
      <TextInput label="Name" name="name" autoComplete="name" maxLength={200} size="md" error={errors.name} />
      <TextInput
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        maxLength={300}
        size="md"
        readOnly={Boolean(email)}
        defaultValue={email ?? undefined}
        description={email ? "The invitation is for this address." : undefined}
        error={errors.email}
      />
      <PasswordField isNew size="md" error={errors.password} />
    </>
  );
}
