//! What the template sets up in front of the functions.

use crate::template::template;

#[test]
fn the_gateway_limits_requests_and_allows_no_other_origin() {
    let api = &template()["Resources"]["Api"]["Properties"];
    let limits = &api["DefaultRouteSettings"];
    for limit in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
        assert!(limits[limit].is_object(), "{limit}: {}", limits[limit]);
    }
    assert!(api["CorsConfiguration"].is_null());
    let domain = &template()["Resources"]["Domain"]["Properties"]["DomainNameConfigurations"];
    assert_eq!(domain[0]["SecurityPolicy"], "TLS_1_2");
}
