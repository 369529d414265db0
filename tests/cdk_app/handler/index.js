exports.handler = async () => "the asset of the test app";
