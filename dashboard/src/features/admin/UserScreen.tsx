import { SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { useMe } from "@/shell/me";
import { ErrorState } from "@/ui/ErrorState";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { Time } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import { QuotaSection } from "./QuotaSection";
import { RoleSection } from "./RoleSection";
import { RoleBadge } from "./UserTable";
import { UserEnd } from "./UserEnd";
import { UserKeys } from "./UserKeys";
import { UserSessions } from "./UserSessions";
import { UserSignIn } from "./UserSignIn";
import { type User, userQuery } from "./queries";

/** One user, and what an administrator can do about them. */
export function UserScreen({ id }: { id: string }) {
  const query = useQuery(userQuery(id));
  const me = useMe();
  const user = query.data;
  return (
    <Page title={user ? user.name || user.email : "User"} about={user && <About user={user} />}>
      {!user && !query.isError && <Loading lines={10} />}
      {!user && query.isError && <ErrorState problem={query.error} onRetry={() => void query.refetch()} />}
      {user && (
        <Stack gap="md" maw={1080}>
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <RoleSection key={`${user.name} ${user.role}`} user={user} />
            <UserSignIn user={user} />
          </SimpleGrid>
          <UserSessions user={user} />
          <UserKeys user={user} />
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <QuotaSection user={user} />
            {me?.id !== user.id && <UserEnd user={user} />}
          </SimpleGrid>
        </Stack>
      )}
    </Page>
  );
}

function About({ user }: { user: User }) {
  return (
    <>
      <RoleBadge role={user.role} /> {user.email} · made <Time at={user.created_at} /> ·{" "}
      {user.signed_in_at ? (
        <>
          signed in <Time at={user.signed_in_at} />
        </>
      ) : (
        "never signed in"
      )}{" "}
      ·{" "}
      <TextLink underline="always" to="/jobs" search={{ owner: user.id }}>
        jobs
      </TextLink>{" "}
      ·{" "}
      <TextLink underline="always" to="/admin/audit" search={{ actor: user.id }}>
        audit log
      </TextLink>
    </>
  );
}
