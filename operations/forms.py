"""Forms of the back office that belong to no table."""

from unfold.forms import AdminOwnPasswordChangeForm

from accounts.actions.sessions import change_password
from accounts.models import User


class OwnPasswordForm(AdminOwnPasswordChangeForm):  # type: ignore[misc]  # unfold ships no types
    """The old password and the new one twice. It is changed by the same action as outside the back office."""

    def save(self, commit: bool = True) -> User:
        user: User = self.user
        changed = change_password(user_id=user.id, password=self.cleaned_data["new_password1"])
        user.password, user.session_epoch = changed.password, changed.session_epoch
        return user
