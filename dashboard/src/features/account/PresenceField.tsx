import { useQuery } from "@tanstack/react-query";

import { optionsQuery } from "@/features/entrance/queries";
import { PasswordField } from "@/features/forms/PasswordField";

/** The password again, before one's account is changed; whoever signs in elsewhere has none. */
export function PresenceField({ error, label = "Present password" }: { error?: string; label?: string }) {
  const openid = useQuery(optionsQuery).data?.openid;
  return (
    <PasswordField
      label={label}
      name="current_password"
      description={openid ? `Leave it empty if you only sign in with ${openid}.` : undefined}
      error={error}
    />
  );
}
