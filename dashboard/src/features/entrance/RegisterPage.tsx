import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Shown } from "@/ui/Shown";
import { Time } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import { Frame } from "./Frame";
import { RegisterForm } from "./RegisterForm";
import { linkQuery, optionsQuery } from "./queries";

const CLOSED = {
  invited: "Making an account takes an invitation here. An administrator can send you one.",
  off: "Nobody can make an account for themselves here. An administrator makes accounts.",
};

/** An account for whoever was invited, or for anybody where that is allowed. */
export function RegisterPage({ token }: { token: string }) {
  return (
    <Frame title="Make an account">
      {token ? <Invited token={token} /> : <Open />}
      <TextLink to="/login" size="sm">
        Sign in to an account you have
      </TextLink>
    </Frame>
  );
}

function Invited({ token }: { token: string }) {
  const link = useQuery(linkQuery("invitation", token));
  return (
    <Shown query={link} lines={5}>
      {({ email, role, expires_at: end }) => (
        <>
          <Text size="sm" c="dimmed">
            You are invited as {role ?? "member"}. The invitation ends <Time at={end} />.
          </Text>
          <RegisterForm token={token} email={email} />
        </>
      )}
    </Shown>
  );
}

function Open() {
  const options = useQuery(optionsQuery);
  return (
    <Shown query={options} lines={5}>
      {({ registration }) =>
        registration === "open" ? <RegisterForm /> : <Text size="sm">{CLOSED[registration]}</Text>
      }
    </Shown>
  );
}
