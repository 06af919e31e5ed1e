// Tests of GatewayStore.
