"""Runs moto 5.1.1 with what it leaves out and AWS does not.

- The time zone in the creation time of a group, without which the AWS SDK for Java refuses it.
- The launch template of an override in a mixed instances policy.
- UpdateAutoScalingGroup with a mixed instances policy.
- The number of the launch template version that an instance of a group was launched from.
- DescribeLaunchTemplateVersions with the filter `image-id`.
- ModifyLaunchTemplate.
"""

from xml.etree import ElementTree

from moto.autoscaling import responses
from moto.autoscaling.models import FakeAutoScalingGroup
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.server import main

create = FakeAutoScalingGroup.__init__
update = responses.AutoScalingResponse.update_auto_scaling_group
launch = FakeAutoScalingGroup.replace_autoscaling_group_instances
describe_versions = LaunchTemplates.describe_launch_template_versions


def create_with_zone(self, *args, **kwargs):
    create(self, *args, **kwargs)
    if not self.created_time.endswith("Z"):
        self.created_time += "Z"


def launch_from_version(self, count_needed, propagated_tags):
    launch(self, count_needed, propagated_tags)
    if self.launch_template:
        for state in self.instance_states[-count_needed:]:
            state.launched_from = self.launch_template.get_version(self.launch_template_version).number


def update_policy_too(self):
    answer = update(self)
    group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
    policy = self._get_params().get("MixedInstancesPolicy")
    if policy:
        group._set_launch_configuration(None, None, mixed_instances_policy=policy)
        group.mixed_instances_policy = policy
    elif self._get_dict_param("LaunchTemplate."):
        group.mixed_instances_policy = None
    return answer


def describe_versions_of_images(self):
    filters = self._filters_from_querystring()
    images = filters.pop("image-id", None)
    self._filters_from_querystring = lambda: filters
    answer = describe_versions(self)
    if images is None:
        return answer
    tree = ElementTree.fromstring(answer)
    space = tree.tag.partition("}")[0] + "}"
    versions = tree.find(space + "launchTemplateVersionSet")
    for version in list(versions):
        if version.findtext(f"{space}launchTemplateData/{space}imageId") not in images:
            versions.remove(version)
    ElementTree.register_namespace("", space[1:-1])
    return ElementTree.tostring(tree, encoding="unicode")


def modify_launch_template(self):
    template = self.ec2_backend.get_launch_template(self._get_param("LaunchTemplateId"))
    template.default_version_number = template.get_version(self._get_param("SetDefaultVersion")).number
    return f"""<ModifyLaunchTemplateResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
      <launchTemplate>
        <launchTemplateId>{template.id}</launchTemplateId>
        <defaultVersionNumber>{template.default_version_number}</defaultVersionNumber>
        <latestVersionNumber>{template.latest_version_number}</latestVersionNumber>
      </launchTemplate>
    </ModifyLaunchTemplateResponse>"""


LaunchTemplates.describe_launch_template_versions = describe_versions_of_images
LaunchTemplates.modify_launch_template = modify_launch_template
responses.AutoScalingResponse.update_auto_scaling_group = update_policy_too
FakeAutoScalingGroup.__init__ = create_with_zone
FakeAutoScalingGroup.replace_autoscaling_group_instances = launch_from_version


def mend_overrides(template):
    override = """get("Overrides", []) %}
              <member>"""
    assert template.count(override) == 1
    return template.replace(override, override + """
                {% if member.get("LaunchTemplateSpecification") %}
                <LaunchTemplateSpecification>
                  {% for key, value in member["LaunchTemplateSpecification"].items() %}<{{ key }}>{{ value }}</{{ key }}>{% endfor %}
                </LaunchTemplateSpecification>
                {% endif %}""")


def mend_entries(template, group):
    before, entries = template.split("{% for instance_state in", 1)
    entries, after = entries.split("{% endfor %}", 1)
    for wrong, right in (
        ("elif " + group + ".launch_template %}", "elif instance_state.launched_from %}"),
        ("{{ " + group + ".launch_template_version }}", "{{ instance_state.launched_from }}"),
    ):
        assert entries.count(wrong) == 1
        entries = entries.replace(wrong, right)
    return before + "{% for instance_state in" + entries + "{% endfor %}" + after


responses.DESCRIBE_AUTOSCALING_GROUPS_TEMPLATE = mend_overrides(
    mend_entries(responses.DESCRIBE_AUTOSCALING_GROUPS_TEMPLATE, "group")
)
responses.DESCRIBE_AUTOSCALING_INSTANCES_TEMPLATE = mend_entries(
    responses.DESCRIBE_AUTOSCALING_INSTANCES_TEMPLATE, "instance_state.instance.autoscaling_group"
)

main()
